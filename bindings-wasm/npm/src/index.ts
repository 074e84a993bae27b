export {
	type CallOptions,
	type CreateLink,
	HttpRequest,
	type HttpResponse,
	type Step,
	type TransportFailure,
} from "./call.js";
export { type CreateLinkOptions, type Logger, type RequestedOptions, ValifyLink, type ValifyLinkOptions } from "./client.js";
export {
	ApiError,
	AuthenticationError,
	ConfigError,
	type ErrorKind,
	InvalidRequestError,
	MisuseError,
	type NextStep,
	NotSentError,
	OutcomeUnknownError,
	RateLimitedError,
	RecordError,
	RejectedError,
	ResponseError,
	ReturnStateError,
	ServerError,
	SignatureError,
	ValifyError,
} from "./errors.js";
export { type AuthenticatedBy, type Checks, Event, type SubjectWarning, UnverifiedEvent } from "./event.js";
export type { Body, HeadersInput } from "./input.js";
export { Link, type LinkRequest } from "./link.js";
export { type DiagnoseOptions, type Diagnosis, type Finding, type Inspection, type InspectOptions, inspect } from "./mistakes.js";
export type { BoundBrowser, Environment, Keys, Lang, NamedSecret, Outcome, Problem, Secret, Status } from "./names.js";
export { type Governorate, NationalId, type NationalIdWarning } from "./national_id.js";
export { type CheckOptions, type Issued, type IssueOptions, Returned, ReturnState, type ReturnStateOptions } from "./return_state.js";
export type { Fetch } from "./transport.js";
export { type Route, route, Verification } from "./verification.js";
export {
	type AttestedAuth,
	type Auth,
	type BasicAuth,
	type HmacAuth,
	type ModuleProfile,
	type Pointer,
	type PresetAuth,
	type Profile,
	readUnverified,
	type SecretUrlAuth,
	type Signed,
	type SignOptions,
	type StaticHeaderAuth,
	sign,
	type ValueMeaning,
	Verifier,
	type VerifierOptions,
	type VerifyOptions,
} from "./verifier.js";

/**
 * Loads the core. In a browser: once, before anything else; give it a URL, a `Response` or bytes where the module is served from another
 * place. Anywhere else it is loaded already, and this does nothing.
 */
export declare function init(source?: string | URL | Response | BufferSource | PromiseLike<Response>): Promise<void>;
