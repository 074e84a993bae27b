// Asks for each link in turn with the default transport. Orders on standard input; one answer a line: `"link"`, or the kind of the error.
// SSL_CERT_FILE names an authority to trust.
import Foundation
import ValifyLink

struct Order: Decodable {
  let base_url: String
  let link_prefix: String?
  let reference_id: String
}

#if os(Linux)
  let transport = CurlTransport(certificateAuthorities: ProcessInfo.processInfo.environment["SSL_CERT_FILE"])
#else
  let transport = DefaultTransport()
#endif

let orders = try JSONDecoder().decode([Order].self, from: FileHandle.standardInput.readDataToEndOfFile())
var clients: [String: ValifyLink] = [:]
for order in orders {
  // The default policy; only the waits of its retries are short, and time is ample.
  let client =
    try clients[order.base_url]
    ?? ValifyLink(
      apiKey: "sandbox-key-not-for-production", baseURL: order.base_url, environment: .sandbox, timeout: .seconds(120),
      deadline: .seconds(240), backoffCap: .zero, linkPrefixes: order.link_prefix.map { [$0] }, transport: transport)
  clients[order.base_url] = client
  let never = Date(timeIntervalSince1970: 4_070_908_800)
  let answer: String
  do {
    _ = try await client.createLink(
      LinkRequest(returnURL: "https://shop.example/back", referenceID: order.reference_id, expiresAt: never))
    answer = "link"
  } catch let error as ValifyError {
    answer = error.kind.rawValue
  }
  FileHandle.standardOutput.write(Data("\"\(answer)\"\n".utf8))
}
