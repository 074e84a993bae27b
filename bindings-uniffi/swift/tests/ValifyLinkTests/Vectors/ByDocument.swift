import Foundation
import ValifyLink

/// The cases by documents, which reach the core unchanged.
enum ByDocument {
  static func verdict(_ kind: String, _ given: JSON) throws -> [String: JSON] {
    switch kind {
    case "config":
      _ = try ValifyLink.Config(document: document(given["config"]))
      return [:]
    case "link_request": return Verdicts.request(try call(given).request())
    case "link_response":
      return Verdicts.link(try call(given).parse(try response(given), now: try Verdicts.moment(given["now"])))
    case "call": return ["steps": .list(try steps(given).map(JSON.object))]
    case "webhook": return try verified(try verifier(given), given)
    case "diagnose": return try diagnosed(try verifier(given), given)
    case "webhook_sign": return try signed(Auth(document: document(given["auth"])), given)
    default: throw Missing("no kind of case: \(kind)")
    }
  }

  static func document(_ value: JSON?) -> String { (value ?? .null).canonical }

  static func headers(_ value: JSON?) throws -> Headers {
    let lines = try (value?.items ?? []).map { line -> (name: String, value: String) in
      guard let pair = line.items, pair.count == 2, let name = pair[0].string else { throw Missing("no header line") }
      return (name, try pair[1].string ?? String(decoding: octets(pair[1]), as: UTF8.self))
    }
    return Headers(lines)
  }

  static func call(_ given: JSON) throws -> CreateLink {
    let config = try ValifyLink.Config(document: document(given["config"]))
    let request = LinkRequest(document: document(given["request"]))
    let seed = UInt64(bitPattern: given["seed"]?.int ?? 0)
    return try CreateLink(config: config, request: request, seed: seed, now: try Verdicts.moment(given["now"]))
  }

  static func response(_ given: JSON) throws -> ValifyLink.HTTPResponse {
    ValifyLink.HTTPResponse(
      status: Int(given["status"]?.int ?? 0), headers: try headers(given["headers"]), body: try octets(given["body"] ?? .null),
      finalURL: given["final_url"]?.string)
  }

  static func steps(_ given: JSON) throws -> [[String: JSON]] {
    let machine = try call(given)
    var steps: [[String: JSON]] = []
    for entry in given["inputs"]?.items ?? [] {
      let now = try Verdicts.moment(entry["now"])
      do {
        let step =
          switch entry["input"]?.string {
          case "start": try machine.start(now: now)
          case "waited": try machine.waited(now: now)
          case "response": try machine.respond(try response(entry), now: now)
          default: try machine.fail(entry["failure"]?.string == "not_sent" ? .notSent("") : .maybeSent(""), now: now)
          }
        steps.append(Verdicts.step(step))
      } catch let error as ValifyError {
        steps.append(Verdicts.errorStep(error))
        break
      }
    }
    return steps
  }

  static func verifier(_ given: JSON) throws -> Verifier {
    var parts: [String: JSON] = [:]
    for part in ["environment", "auth", "profile", "limits"] { parts[part] = given[part] }
    return try Verifier(document: JSON.object(parts).canonical)
  }

  static func verified(_ verifier: Verifier, _ given: JSON) throws -> [String: JSON] {
    let event = try verifier.verify(
      body: try octets(given["body"] ?? .null), headers: try headers(given["headers"]), url: given["url"]?.string,
      now: try Verdicts.moment(given["now"]))
    return try Verdicts.event(event)
  }

  static func diagnosed(_ verifier: Verifier, _ given: JSON) throws -> [String: JSON] {
    let older = try given["older_secrets"].map(Typed.secrets) ?? [:]
    let diagnosis = try verifier.diagnose(
      body: try octets(given["body"] ?? .null), headers: try headers(given["headers"]), url: given["url"]?.string, older: older,
      now: try Verdicts.moment(given["now"]))
    return Verdicts.diagnosis(diagnosis)
  }

  static func signed(_ auth: Auth, _ given: JSON) throws -> [String: JSON] {
    let signed = try sign(
      body: try octets(given["body"] ?? .null), auth: auth, id: given["id"]?.string, now: try Verdicts.moment(given["now"]))
    return Verdicts.signed(signed)
  }
}
