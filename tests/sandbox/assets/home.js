// Live updates for the home page; without script a reload shows the same.
"use strict";

document.getElementById("summary")?.focus();

const live = document.getElementById("live");
const busy = new Set();
const missed = new Set();

// Puts a part in place, keeping what is open. A change during that is looked at afterwards.
async function refresh(part) {
	const place = document.querySelector(`[data-live="${part}"]`);
	if (!place) return;
	if (busy.has(part)) {
		missed.add(part);
		return;
	}
	const focused = document.activeElement;
	if (place.contains(focused) && focused.matches("select, input")) {
		// Somebody is choosing there: look again when they have left.
		focused.addEventListener("blur", () => refresh(part), { once: true });
		return;
	}
	busy.add(part);
	try {
		const answer = await fetch(`/_sandbox/home/${part}`);
		if (answer.ok) replace(place, await answer.text());
	} finally {
		busy.delete(part);
		if (missed.delete(part)) refresh(part);
	}
}

function replace(place, html) {
	const open = new Set([...place.querySelectorAll("details[open]")].map((one) => one.id));
	const fresh = new DOMParser().parseFromString(html, "text/html");
	for (const one of fresh.querySelectorAll("details")) one.open = open.has(one.id);
	place.replaceChildren(...fresh.body.childNodes);
}

const events = new EventSource("/_sandbox/events");
events.addEventListener("open", () => {
	live.textContent = "Live";
});
events.addEventListener("error", () => {
	live.textContent = "Not connected; trying again.";
});
for (const part of ["sessions", "deliveries", "outbox", "faults"]) {
	events.addEventListener(part, () => refresh(part));
}
