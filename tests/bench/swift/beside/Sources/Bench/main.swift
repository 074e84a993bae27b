// Measures the Swift package beside what its users would write themselves: an HMAC of libcrypto, and Foundation's JSONDecoder into a struct.
//
// Each number is the best of several rounds, and the sides take turns within a round, so that a busy machine is as busy for both.
import CBareCrypto
import Foundation
import ValifyLink

struct Delivery: Decodable {
  struct Fields: Decodable {
    let reference_id: String
    let token: String
    let transaction_id: String
    let status: String
    let occurred_at: String
    let image: String
  }
  let data: Fields
}

let key = "fake-benchmark-secret-of-32-byte"
let auth = Auth.preset(.xValifySignatureUnverified, secrets: ["a": .utf8(key)])
let verifier = try Verifier(
  auth: auth,
  profile: Profile(
    matchesBy: .sessionToken, sessionToken: ["/data/token"], referenceID: ["/data/reference_id"], decision: ["/data/status"],
    decisions: ["approved": .passed, "rejected": .failed]))

/// A delivery as the sandbox sends it; what is missing to the size is an image in base64.
func body(of size: Int) -> Data {
  let fields =
    #""reference_id":"user-1","token":"5e55104e-0000-4000-8000-000000000001","transaction_id":"0e55104e-0000-4000-8000-000000000001""#
    + #","status":"approved","occurred_at":"2026-01-14T07:57:54.972Z","image":""#
  let rest = max(0, size - fields.utf8.count - 13)
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let image = String((0..<rest).map { alphabet[($0 * 31 + $0 / 64) % 64] })
  return Data(#"{"data":{\#(fields)\#(image)"}}"#.utf8)
}

struct Wrong: Error {}

/// What one writes without a library.
func bare(_ body: Data, _ signature: String) throws -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  let secret = Array(key.utf8)
  _ = body.withUnsafeBytes {
    HMAC(EVP_sha256(), secret, Int32(secret.count), $0.bindMemory(to: UInt8.self).baseAddress, $0.count, &digest, nil)
  }
  let hex = Array("0123456789abcdef".utf8)
  let text = digest.flatMap { [hex[Int($0 >> 4)], hex[Int($0 & 15)]] }
  guard zip(text, signature.utf8).reduce(0, { $0 | ($1.0 ^ $1.1) }) == 0 else { throw Wrong() }
  return try JSONDecoder().decode(Delivery.self, from: body).data.status
}

func microseconds(_ calls: Int, _ side: () throws -> Void) rethrows -> Double {
  let began = ContinuousClock.now
  for _ in 0..<calls { try side() }
  let spent = began.duration(to: .now).components
  return (Double(spent.seconds) * 1e6 + Double(spent.attoseconds) / 1e12) / Double(calls)
}

print("verify and parse, microseconds (best of rounds)")
print("size        libcrypto + JSONDecoder        ours   ours/theirs")
for (name, size) in [("0.5 kB", 500), ("4 kB", 4_000), ("64 kB", 64_000), ("1 MiB", 1 << 20)] {
  let body = body(of: size)
  let headers = Headers(try sign(body: body, auth: auth).headers)
  let signature = try sign(body: body, auth: auth).headers[0].value
  let theirs = { guard try bare(body, signature) == "approved" else { throw Wrong() } }
  let ours = { guard try verifier.verify(body: body, headers: headers).outcome == .passed else { throw Wrong() } }
  let calls = max(1, Int(20_000 / max(try microseconds(1, theirs), 1)))
  var best = (Double.infinity, Double.infinity)
  for _ in 0..<20 { best = (min(best.0, try microseconds(calls, theirs)), min(best.1, try microseconds(calls, ours))) }
  let padded = name.padding(toLength: 10, withPad: " ", startingAt: 0)
  print(padded + String(format: "%25.1f %11.1f %13.3f", best.0, best.1, best.1 / best.0))
}
