// Comfort for the hosted page; every step works without it.
"use strict";

// A correction is read out and seen first.
document.getElementById("summary")?.focus();

// Shows a chosen picture. It stays in the browser until the form is sent.
for (const input of document.querySelectorAll("input[data-preview]")) {
	const preview = document.createElement("img");
	preview.className = "preview";
	preview.alt = "";
	input.addEventListener("change", () => {
		URL.revokeObjectURL(preview.src);
		const file = input.files[0];
		if (file?.type.startsWith("image/")) {
			preview.src = URL.createObjectURL(file);
			input.after(preview);
		} else {
			preview.remove();
		}
	});
}

// A persona stands in for the photos.
const persona = document.querySelector("select[data-replaces]");
if (persona) {
	const photos = document.getElementById(persona.dataset.replaces);
	const update = () => {
		photos.hidden = persona.value !== "";
	};
	persona.addEventListener("change", update);
	update();
}

// A second click must not send a step twice; the delay keeps the clicked button's own value in the form.
for (const form of document.forms) {
	form.addEventListener("submit", () =>
		setTimeout(() => {
			for (const button of form.querySelectorAll("button")) button.disabled = true;
		}),
	);
}
// A page that comes back from the browser's memory can be sent again; the server leads on from there.
window.addEventListener("pageshow", () => {
	for (const button of document.querySelectorAll("button")) button.disabled = false;
});
