// Deliveries on which careful implementers differ: each with what this project answers, and one line of why.
import { SECRETS, standardSignature, stripeSignature } from "./schemes.mjs";

const BODY = '{"status":"approved"}';
const ID = "msg_1";

/** `[{ family, what, expect, why, secret, headers, body, asObject }]` for deliveries received now, in seconds. */
export function hostile(now) {
	return [...standard(now), ...stripe(now)];
}

/** A header once, or a line for each of several values. */
function lines(name, values) {
	return [values].flat().map((value) => [name, String(value)]);
}

function standard(now) {
	const sign = (content) => standardSignature(content);
	const good = sign(`${ID}.${now}.${BODY}`);
	const delivery = (
		what,
		expect,
		why,
		{ id = ID, at = now, signature = `v1,${good}`, body = BODY, secret = SECRETS.standard_webhooks, asObject } = {},
	) => ({
		family: "standard_webhooks",
		what,
		expect,
		why,
		secret,
		headers: [["webhook-id", id], ...lines("webhook-timestamp", at), ...lines("webhook-signature", signature)].filter(
			([, value]) => value !== null,
		),
		body: Buffer.from(body).toString("base64"),
		asObject,
	});
	const bad = `v1,${Buffer.alloc(32).toString("base64")}`;
	return [
		delivery("an honest delivery", "accepted", "the control: whoever refuses this proves nothing by refusing the rest"),
		delivery("one byte of the body changed", "signature_mismatch", "the control for accepting", {
			body: BODY.replace("approved", "approveD"),
		}),
		delivery(
			"a timestamp given twice",
			"signature_malformed",
			"two lines become `t, t`: a parser that reads the first digits believes whichever comes first",
			{ at: [now, now + 1] },
		),
		delivery(
			"letters after the timestamp",
			"timestamp_malformed",
			"what is signed is read as received; a lenient parser signs another text than came",
			{ at: `${now}abc` },
		),
		delivery("a zero before the timestamp", "signature_mismatch", "the MAC covers the text as received, and this text was not signed", {
			at: `0${now}`,
		}),
		delivery("a fraction after the timestamp", "timestamp_malformed", "as for letters", { at: `${now}.9` }),
		delivery("ten minutes ahead", "timestamp_out_of_tolerance", "a delivery signed for later could be replayed until then", {
			at: now + 600,
			signature: `v1,${sign(`${ID}.${now + 600}.${BODY}`)}`,
		}),
		delivery("ten minutes old", "timestamp_out_of_tolerance", "a replay", {
			at: now - 600,
			signature: `v1,${sign(`${ID}.${now - 600}.${BODY}`)}`,
		}),
		delivery("milliseconds", "timestamp_out_of_tolerance", "seconds are what the scheme says; reading both would widen the window", {
			at: `${now}000`,
			signature: `v1,${sign(`${ID}.${now}000.${BODY}`)}`,
		}),
		delivery(
			"an id with a dot, and the body moved along",
			"signature_malformed",
			"`id.timestamp.body` reads in two ways if an id may have dots: the same MAC would cover another body",
			{
				id: `${ID}.${now}`,
				at: now + 1,
				body: "{}",
				signature: `v1,${sign(`${ID}.${now}.${now + 1}.{}`)}`,
			},
		),
		delivery(
			"the signature followed by `,junk`",
			"signature_malformed",
			"an entry is a version and one signature; what is not understood is not signed",
			{ signature: `v1,${good},junk` },
		),
		delivery("the signature header given twice", "accepted", "each line is a list of its own, and both are read", {
			signature: [bad, `v1,${good}`],
		}),
		delivery(
			"a tab after the signature",
			"accepted",
			"white space around a header's value is not part of it (RFC 9110), and most servers take it off",
			{ signature: `v1,${good}\t` },
		),
		delivery(
			"an entry that is not ASCII before the good one",
			"signature_malformed",
			"no signer writes it, and frameworks disagree on how its bytes become text",
			{ signature: `v1,é v1,${good}` },
		),
		delivery("a wrong entry before the good one", "accepted", "keys overlap while they are changed", { signature: `${bad} v1,${good}` }),
		delivery(
			"twenty wrong entries before the good one",
			"signature_mismatch",
			"sixteen are read, so that a header costs no more than that",
			{
				signature: `${Array(20).fill(bad).join(" ")} v1,${good}`,
			},
		),
		delivery(
			"the signature in base64url, without padding",
			"signature_malformed",
			"one canonical form, so that a signature cannot be written in two ways",
			{
				signature: `v1,${good.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`,
			},
		),
		delivery("a version that is not known", "signature_mismatch", "`v2` may be anything", { signature: `v2,${good}` }),
		delivery("no id", "signature_missing", "the id is signed", { id: null }),
		delivery(
			"bytes that are no UTF-8, honestly signed",
			"accepted",
			"bytes are signed, not text: the delivery is authentic, and its event is indeterminate",
			{
				body: Buffer.from([0x7b, 0xff, 0x7d]),
				signature: `v1,${sign(Buffer.concat([Buffer.from(`${ID}.${now}.`), Buffer.from([0x7b, 0xff, 0x7d])]))}`,
			},
		),
		delivery(
			"the byte FF where U+FFFD was signed",
			"signature_mismatch",
			"decoded leniently, other bytes than the signed ones pass for them",
			{
				body: Buffer.from([0x7b, 0xff, 0x7d]),
				signature: `v1,${sign(`${ID}.${now}.{\ufffd}`)}`,
			},
		),
		delivery("an empty secret", "invalid_config", "everybody can sign with it: refused when the verifier is made", {
			secret: "whsec_",
			signature: `v1,${standardSignature(`${ID}.${now}.${BODY}`, "")}`,
		}),
		delivery("the parsed body", "misuse", "what was signed is gone: a verifier that serialises again guesses", { asObject: true }),
	];
}

function stripe(now) {
	const sign = (content) => stripeSignature(content);
	const good = sign(`${now}.${BODY}`);
	const delivery = (what, expect, why, { header = `t=${now},v1=${good}`, body = BODY, secret = SECRETS.stripe_style, asObject } = {}) => ({
		family: "stripe_style",
		what,
		expect,
		why,
		secret,
		headers: header === null ? [] : lines("stripe-signature", header),
		body: Buffer.from(body).toString("base64"),
		asObject,
	});
	const bad = `v1=${"0".repeat(64)}`;
	const at = (seconds) => `t=${seconds},v1=${sign(`${seconds}.${BODY}`)}`;
	return [
		delivery("an honest delivery", "accepted", "the control"),
		delivery("one byte of the body changed", "signature_mismatch", "the control for accepting", {
			body: BODY.replace("approved", "approveD"),
		}),
		delivery(
			"an hour ahead",
			"timestamp_out_of_tolerance",
			"the window has two ends: a delivery signed for later could be replayed until then",
			{ header: at(now + 3600) },
		),
		delivery("an hour old", "timestamp_out_of_tolerance", "a replay", { header: at(now - 3600) }),
		delivery("milliseconds", "timestamp_out_of_tolerance", "a time in the year 58000 is ahead, and never grows old", {
			header: at(`${now}000`),
		}),
		delivery("the time given twice", "signature_malformed", "which of the two was signed is a guess", {
			header: `t=1,t=${now},v1=${good}`,
		}),
		delivery("letters after the time", "timestamp_malformed", "what is signed is read as received", { header: `t=${now}abc,v1=${good}` }),
		delivery("the header given twice", "signature_malformed", "two lines become one with two times", {
			header: [`t=${now},v1=${good}`, `t=${now},v1=${good}`],
		}),
		delivery("upper-case hex", "accepted", "the same 32 bytes: digests are compared, not their spelling", {
			header: `t=${now},v1=${good.toUpperCase()}`,
		}),
		delivery("the signature followed by `=junk`", "signature_malformed", "what is not understood is not signed", {
			header: `t=${now},v1=${good}=junk`,
		}),
		delivery("a space at the end", "accepted", "white space around a header's value is not part of it (RFC 9110)", {
			header: `t=${now},v1=${good} `,
		}),
		delivery(
			"an entry that is not ASCII before the good one",
			"signature_malformed",
			"no signer writes it, and frameworks disagree on how its bytes become text",
			{
				header: `t=${now},v1=é,v1=${good}`,
			},
		),
		delivery("a wrong entry before the good one", "accepted", "keys overlap while they are changed", {
			header: `t=${now},${bad},v1=${good}`,
		}),
		delivery(
			"twenty wrong entries before the good one",
			"signature_mismatch",
			"sixteen are read, so that a header costs no more than that",
			{
				header: `t=${now},${Array(20).fill(bad).join()},v1=${good}`,
			},
		),
		delivery("a version that is not known", "signature_mismatch", "`v0` is Stripe's own for tests, and nobody else's", {
			header: `t=${now},v0=${good}`,
		}),
		delivery("no header", "signature_missing", "unsigned", { header: null }),
		delivery(
			"an empty body, honestly signed",
			"accepted",
			"authentic all the same: its event is indeterminate, and the sender need not try again",
			{
				body: "",
				header: `t=${now},v1=${sign(`${now}.`)}`,
			},
		),
		delivery(
			"a byte order mark before what was signed",
			"signature_mismatch",
			"a decoder that drops the mark lets other bytes than the signed ones pass",
			{ body: `\ufeff${BODY}` },
		),
		delivery(
			"bytes that are no UTF-8, honestly signed",
			"accepted",
			"bytes are signed, not text: the delivery is authentic, and its event is indeterminate",
			{
				body: Buffer.from([0x7b, 0xff, 0x7d]),
				header: `t=${now},v1=${sign(Buffer.concat([Buffer.from(`${now}.`), Buffer.from([0x7b, 0xff, 0x7d])]))}`,
			},
		),
		delivery(
			"the byte FF where U+FFFD was signed",
			"signature_mismatch",
			"decoded leniently, other bytes than the signed ones pass for them",
			{
				body: Buffer.from([0x7b, 0xff, 0x7d]),
				header: `t=${now},v1=${sign(`${now}.{\ufffd}`)}`,
			},
		),
		delivery("an empty secret", "invalid_config", "everybody can sign with it: refused when the verifier is made", {
			secret: "",
			header: `t=${now},v1=${stripeSignature(`${now}.${BODY}`, "")}`,
		}),
		delivery("the parsed body", "misuse", "what was signed is gone: a verifier that serialises again guesses", { asObject: true }),
	];
}
