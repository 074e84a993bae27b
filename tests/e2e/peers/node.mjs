// The npm peers, and this package beside them. In: `{ verify: [delivery], sign: [order] }` on standard input; out: what each says.
import { readFileSync } from "node:fs";
import { Webhook as StandardWebhook, WebhookVerificationError } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix, WebhookVerificationError as SvixVerificationError } from "svix";
import { sign, ValifyError, Verifier } from "valify-link";

const { webhooks, errors } = new Stripe("sk_test_fake");

/** What node:http hands on: names in lower case, lines of one name joined by commas. */
function joined(headers) {
	const all = {};
	for (const [name, value] of headers) all[name.toLowerCase()] = [...(all[name.toLowerCase()] ?? []), value];
	return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, values.join(", ")]));
}

function bodyOf({ body, asObject }) {
	const bytes = Buffer.from(body, "base64");
	return asObject ? JSON.parse(bytes.toString()) : bytes;
}

const auth = (family, secret) => ({
	preset: family,
	secrets: [family === "standard_webhooks" ? { id: "a", base64: secret } : { id: "a", utf8: secret }],
});
const profile = { sessionToken: ["/token"], matchesBy: "session_token" };

/** Each says no by an exception of the kind named; another exception is an accident. */
const PEERS = {
	"valify-link": {
		families: ["standard_webhooks", "stripe_style"],
		isRefusal: (error) => error instanceof ValifyError,
		verify: (delivery) => {
			const verifier = new Verifier({ auth: auth(delivery.family, delivery.secret), profile });
			const event = verifier.verify(bodyOf(delivery), delivery.headers);
			if (!Buffer.from(event.raw()).equals(bodyOf(delivery))) throw new Error("the event has another body");
		},
		sign: ({ family, secret, id, timestamp, body }) =>
			sign(auth(family, secret), Buffer.from(body, "base64"), { id, now: new Date(timestamp * 1000) }).headers,
	},
	standardwebhooks: {
		families: ["standard_webhooks"],
		isRefusal: (error) => error instanceof WebhookVerificationError,
		verify: (delivery) => new StandardWebhook(delivery.secret).verify(bodyOf(delivery), joined(delivery.headers), { jsonParse: false }),
		sign: (order) => standardHeaders(new StandardWebhook(order.secret), order),
	},
	svix: {
		families: ["standard_webhooks"],
		isRefusal: (error) => error instanceof SvixVerificationError,
		verify: (delivery) => {
			try {
				new Svix(delivery.secret).verify(bodyOf(delivery), joined(delivery.headers));
			} catch (error) {
				// It parses what it has accepted.
				if (!(error instanceof SyntaxError)) throw error;
			}
		},
		sign: (order) => standardHeaders(new Svix(order.secret), order),
	},
	stripe: {
		families: ["stripe_style"],
		isRefusal: (error) => error instanceof errors.StripeSignatureVerificationError,
		verify: (delivery) =>
			webhooks.signature.verifyHeader(
				bodyOf(delivery),
				joined(delivery.headers)["stripe-signature"],
				delivery.secret,
				webhooks.DEFAULT_TOLERANCE,
			),
		sign: ({ secret, timestamp, body }) => [
			["stripe-signature", webhooks.generateTestHeaderString({ payload: Buffer.from(body, "base64").toString(), secret, timestamp })],
		],
	},
};

function standardHeaders(webhook, { id, timestamp, body }) {
	const signature = webhook.sign(id, new Date(timestamp * 1000), Buffer.from(body, "base64").toString());
	return [
		["webhook-id", id],
		["webhook-timestamp", String(timestamp)],
		["webhook-signature", signature],
	];
}

function verdict(peer, delivery) {
	if (!peer.families.includes(delivery.family)) return null;
	try {
		peer.verify(delivery);
		return "accepted";
	} catch (error) {
		if (error.kind !== undefined) return error.kind;
		return peer.isRefusal(error) ? "refused" : `throws ${error.constructor.name}`;
	}
}

const { verify, sign: orders } = JSON.parse(readFileSync(0, "utf8"));
const answers = Object.entries(PEERS).map(([name, peer]) => [
	name,
	{
		verify: verify.map((delivery) => verdict(peer, delivery)),
		sign: orders.map((order) => (peer.families.includes(order.family) ? peer.sign(order) : null)),
	},
]);
process.stdout.write(JSON.stringify(Object.fromEntries(answers)));
