// Express hands over Node's own request and response.
export { captureRawBody, valifyWebhook, type WebhookHandler, type WebhookOptions } from "./for_node.js";
