// A route handler of Next.js takes a `Request` and gives a `Response`: `export const POST = valifyWebhook(verifier, handler)`.
export { valifyWebhook, type WebhookHandler, type WebhookOptions } from "./for_request.js";
