import Foundation
import ValifyLink

/// What the app takes from its environment. The defaults are those of the local sandbox, and of nothing else.
struct Settings {
  let port: UInt16
  let publicOrigin: String
  let database: any Database
  let valify: ValifyLink
  let verifier: Verifier
  let returnState: ReturnState

  init(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    port = UInt16(environment["PORT"] ?? "") ?? 8000
    publicOrigin = environment["PUBLIC_ORIGIN"] ?? "http://127.0.0.1:\(port)"
    database = try open(environment["DATABASE_URL"] ?? "sqlite:///attempts.db")

    // In production: the key from the environment, and neither environment nor base URL.
    valify = try ValifyLink(
      apiKey: environment["VALIFY_API_KEY"] ?? "sandbox-key-not-for-production",
      baseURL: environment["VALIFY_SANDBOX_URL"] ?? "http://127.0.0.1:8484", environment: .sandbox)

    // How Valify signs its webhooks, and what they look like, is agreed with Valify: these are the sandbox's.
    let secret = environment["VALIFY_WEBHOOK_SECRET"] ?? "sandbox-secret-not-for-production"
    verifier = try Verifier(
      auth: .preset(.xValifySignatureUnverified, secrets: ["2026-11": .utf8(secret)]),
      profile: Profile(
        matchesBy: .sessionToken, sessionToken: ["/data/token"], referenceID: ["/data/reference_id"], occurredAt: ["/data/occurred_at"],
        decision: ["/data/status"],
        decisions: [
          "approved": .passed, "rejected": .failed, "review": .review, "abandoned": .abandoned, "expired": .expired,
        ]),
      environment: .sandbox)

    returnState = try ReturnState(
      secrets: ["2026-11": .utf8(environment["RETURN_STATE_SECRET"] ?? "an-example-key-of-32-fake-bytes!")])
  }
}
