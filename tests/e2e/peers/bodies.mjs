// Bodies of random length and letters, the same for the same seed. All are UTF-8: peers take text.
import { createHash } from "node:crypto";

const LETTERS = [
	"a",
	"Z",
	"0",
	" ",
	"\n",
	"\t",
	"\\",
	'"',
	".",
	",",
	"=",
	"é",
	"ß",
	"م",
	"ا",
	"ي",
	"ة",
	"٣",
	"漢",
	"🪪",
	"‏",
	"\u0301",
	"\u0000",
	"\u007f",
];

export function randomBodies(seed, count) {
	const random = generator(seed);
	const word = (most) => Array.from({ length: random(most) }, () => LETTERS[random(LETTERS.length)]).join("");
	const value = () => [() => word(40), () => random(1 << 30), () => null, () => true, () => [word(5), { [word(3)]: word(9) }]][random(5)]();
	const json = () => JSON.stringify(Object.fromEntries(Array.from({ length: random(6) }, () => [word(8), value()])));
	const shapes = [
		json,
		() => `${json()}\n`,
		() => JSON.stringify(JSON.parse(json()), null, 2),
		() => word(200),
		() => `[${json()}, ${json()}]`,
	];
	const fixed = ["", "{}", "\n", " ", "null", JSON.stringify({ name: "سلمى محمد", note: "½ ✓" }), word(2).repeat(40_000)];
	return [...fixed, ...Array.from({ length: count - fixed.length }, () => shapes[random(shapes.length)]())];
}

/** `random(n)`: a whole number below n. */
export function generator(seed) {
	let counter = 0;
	return (below) => createHash("sha256").update(`${seed}/${counter++}`).digest().readUInt32BE(0) % Math.max(below, 1);
}
