/** What a session of the sandbox can end with. */
export type SandboxOutcome = "passed" | "failed" | "review" | "abandoned" | "expired";

/** How a sandbox starts. */
export interface SandboxOptions {
	/** Where webhooks go: an `http` URL on loopback. None is sent without it. */
	webhookUrl?: string | URL;
	/** Refuses to emulate whatever Valify has not documented. */
	strict?: boolean;
	/** A folder that keeps the sessions between runs. In memory without it. */
	dataDir?: string | URL;
	/** A configuration file in TOML. */
	config?: string | URL;
	/** `host:port`; by default a free port of 127.0.0.1. */
	listen?: string;
	/** More arguments, as on the command line (`valify-sandbox serve --help`). */
	args?: readonly string[];
}

/** One session, in the sandbox's own words. */
export interface SandboxSession {
	session_token: string;
	reference_id: string;
	return_url: string;
	flow: string;
	modules: ("ocr" | "face_match" | "liveness" | "email_otp" | "phone_otp")[];
	lang: "en" | "ar";
	status: "issued" | "opened" | SandboxOutcome;
	/** RFC 3339, like all instants here. */
	created_at: string;
	expires_at: string;
	opened_at: string | null;
	ended_at: string | null;
	outcome: SandboxOutcome | null;
	transaction_id: string | null;
	delivery_id: string | null;
	checks: Record<string, "passed" | "failed" | "review">;
}

/** One webhook, with each attempt to deliver it. */
export interface SandboxDelivery {
	id: string;
	session_token: string;
	url: string;
	state: "pending" | "delivered" | "failed" | "withheld";
	created_at: string;
	body_bytes: number;
	/** Whether `body` is only the first 64 KiB. */
	body_cut: boolean;
	body: string;
	attempts: Record<string, unknown>[];
}

/** A one-time code that the sandbox would have sent. */
export interface SandboxMessage {
	code: string;
	[field: string]: unknown;
}

/** Something that goes wrong, `count` times from now on. */
export interface SandboxFault {
	on: "link" | "webhook";
	action: "status" | "delay" | "truncate" | "malformed" | "drop_before" | "drop_after" | "slow" | "duplicate" | "reorder" | "never";
	/** For `status`. */
	status?: number;
	/** For `delay` and `slow`, in milliseconds. */
	delay_ms?: number;
	/** By default 1. */
	count?: number;
}

/** A running sandbox. It ends with this process, with {@link Sandbox.stop}, or with `await using`. */
export interface Sandbox extends AsyncDisposable {
	/** Its origin: the `baseUrl` of a client with `environment: "sandbox"`. */
	readonly url: string;
	/** The key that it takes unless a configuration file says otherwise. */
	readonly apiKey: string;
	/** The secret that it signs webhooks with unless a configuration file says otherwise (preset `x_valify_signature_unverified`). */
	readonly webhookSecret: string;
	/** Ends a session as the hosted page would, and sends the webhook. Default: `passed`. */
	complete(sessionToken: string, outcome?: SandboxOutcome): Promise<{ redirect_to: string; delivery_id: string | null }>;
	/** The sessions that exist. */
	sessions(): Promise<SandboxSession[]>;
	/** The webhooks, each with its attempts. */
	deliveries(): Promise<SandboxDelivery[]>;
	/** The one-time codes, the newest first. */
	outbox(): Promise<SandboxMessage[]>;
	/** Orders a fault. */
	fault(fault: SandboxFault): Promise<void>;
	/** Empties the sandbox. */
	reset(): Promise<void>;
	/** Ends the process, and waits for its end. */
	stop(): Promise<void>;
}

/**
 * Starts a sandbox of its own, and resolves once it serves.
 *
 * Rejects if the program of this platform is not installed, or ends before it serves: its own words are on standard error then.
 */
export function startSandbox(options?: SandboxOptions): Promise<Sandbox>;
