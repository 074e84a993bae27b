// Who says what, as Markdown: one table a scheme, one column a peer.

const TITLES = { standard_webhooks: "Standard Webhooks", stripe_style: "Stripe's scheme" };

export function tables(cases, answers) {
	return Object.entries(TITLES)
		.map(([family, title]) => `\n### ${title}\n\n${table(family, cases, answers)}\n`)
		.join("");
}

function table(family, cases, answers) {
	const chosen = cases.map((entry, index) => ({ ...entry, index })).filter((entry) => entry.family === family);
	const peers = answers.filter(({ peer, verify }) => peer !== "valify-link" && chosen.some(({ index }) => verify[index] !== null));
	const rows = [["delivery", "ours", ...peers.map(({ host, peer }) => `${peer} (${host})`), "why ours is right"]];
	for (const { index, what, expect, why } of chosen) {
		const differs = (said) => said !== null && (said === "accepted") !== (expect === "accepted");
		const said = peers.map(({ verify }) => (differs(verify[index]) ? `**${verify[index]}**` : (verify[index] ?? "–")));
		rows.push([what, expect === "accepted" ? expect : `\`${expect}\``, ...said, why]);
	}
	const cells = rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
	const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
	const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
	return [line(cells[0]), line(widths.map((width) => "-".repeat(width))), ...cells.slice(1).map(line)].join("\n");
}
