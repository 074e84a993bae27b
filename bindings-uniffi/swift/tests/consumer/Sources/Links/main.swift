// Asks for each link in turn with the default transport. Orders on standard input; one answer a line: `"link"`, or the kind of the error.
import Foundation
import ValifyLink

struct Order: Decodable {
  let base_url: String
  let reference_id: String
}

let orders = try JSONDecoder().decode([Order].self, from: FileHandle.standardInput.readDataToEndOfFile())
var clients: [String: ValifyLink] = [:]
for order in orders {
  // The default policy; only the waits of its retries are short.
  let client =
    try clients[order.base_url]
    ?? ValifyLink(apiKey: "sandbox-key-not-for-production", baseURL: order.base_url, environment: .sandbox, backoffCap: .zero)
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
