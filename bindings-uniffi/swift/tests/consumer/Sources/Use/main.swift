import Foundation
import ValifyLink

let environment = ProcessInfo.processInfo.environment
let valify = try ValifyLink(
  apiKey: "sandbox-key-not-for-production", baseURL: environment["VALIFY_SANDBOX_URL"], environment: .sandbox)
let request = LinkRequest(returnURL: "https://shop.example/back", referenceID: "user-1", expiresAt: .now.addingTimeInterval(1800))
let requested = try valify.requested(request)
let link = try await valify.createLink(request)
let auth = Auth.preset(.xValifySignatureUnverified, secrets: ["2026-11": .utf8("sandbox-secret-not-for-production")])
let verifier = try Verifier(
  auth: auth,
  profile: Profile(matchesBy: .sessionToken, sessionToken: ["/token"], decision: ["/status"], decisions: ["approved": .passed]),
  environment: .sandbox)
let body = Data(#"{"token":"\#(link.sessionToken)","status":"approved"}"#.utf8)
let event = try verifier.verify(body: body, headers: try sign(body: body, auth: auth).headers)
let record = try requested.issued(link).add(event)
do {
  _ = try ValifyLink(apiKey: nil)
} catch let error as ValifyError where error.kind == .invalidConfig {
  print("used: \(try record.status().rawValue), \(try record.mayProceed()), \(error.field ?? "")")
}
