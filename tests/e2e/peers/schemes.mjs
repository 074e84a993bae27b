// The two public schemes, written out once more with nothing but node:crypto: for deliveries that no honest signer makes.
import { createHmac } from "node:crypto";

/** 32 bytes that are plainly made up, as each scheme writes them. */
export const SECRETS = {
	standard_webhooks: `whsec_${Buffer.from("fake-webhook-secret-of-32-bytes!").toString("base64")}`,
	stripe_style: "whsec_fake_webhook_secret_0001",
};

export function standardSignature(content, secret = SECRETS.standard_webhooks) {
	return createHmac("sha256", Buffer.from(secret.replace("whsec_", ""), "base64"))
		.update(content)
		.digest("base64");
}

export function stripeSignature(content, secret = SECRETS.stripe_style) {
	return createHmac("sha256", secret).update(content).digest("hex");
}
