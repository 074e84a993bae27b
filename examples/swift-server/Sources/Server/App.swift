import Foundation
import ValifyLink

/// Verifies a user with Valify: asks for a link, redirects, takes the browser back, and believes the webhook alone.
struct App: Sendable {
  private static let cookie = "valify"
  private let settings: Settings
  private let rows: Attempts

  init(_ settings: Settings) throws {
    self.settings = settings
    rows = try Attempts(settings.database)
  }

  func handle(_ request: Request) async -> Response {
    do {
      switch (request.method, request.path) {
      case ("GET", "/"): return try home(request)
      case ("POST", "/verify"): return try await verify(request)
      case ("GET", "/back"): return try back(request)
      case ("POST", "/webhooks/valify"): return webhook(request)
      case (_, "/"), (_, "/verify"), (_, "/back"), (_, "/webhooks/valify"): return Response(status: 405)
      default: return Response(status: 404)
      }
    } catch {
      log("\(request.method) \(request.path): \(error)")
      return Response(status: 500)
    }
  }

  /// What is known of the user, and the way to begin.
  private func home(_ request: Request) throws -> Response {
    let status = try rows.latest(user(request))?.status().rawValue ?? "nothing yet"
    let page = #"<p>Verification: <b id="status">\#(status)</b></p><form method="post" action="/verify"><button>Verify</button></form>"#
    return Response(status: 200, headers: [("Content-Type", "text/html; charset=utf-8")], body: page)
  }

  /// Asks for a link and sends the browser there.
  private func verify(_ request: Request) async throws -> Response {
    let user = user(request)
    // The browser's own binding, so that two tabs do not undo each other; or a new one.
    let binding = try request.cookie(Self.cookie).flatMap { try? ReturnState.Binding(cookie: $0) } ?? ReturnState.Binding()
    let issued = try settings.returnState.issue(
      returnURL: settings.publicOrigin + "/back", referenceID: user, expiresAt: Date().addingTimeInterval(2400), binding: binding)
    let asked = LinkRequest(returnURL: issued.returnURL, referenceID: user, expiresAt: Date().addingTimeInterval(1800))
    let attempt = try rows.insert(try settings.valify.requested(asked, nonce: issued.nonce))
    do {
      let link = try await settings.valify.createLink(asked)
      try rows.merge(attempt) { try $0.issued(link) }
      var response = Response.redirect(link.redirectURL)
      // Over https: `__Host-valify`, and Secure.
      response.headers.append(("Set-Cookie", "\(Self.cookie)=\(try binding.toCookie()); Path=/; Max-Age=3600; HttpOnly; SameSite=Lax"))
      return response
    } catch let error as ValifyError {
      log("no link: \(error) (next: \(error.next.rawValue))")
      return Response(status: 503, body: "Verification cannot begin now.")
    }
  }

  /// A browser has come back, which proves nothing about the outcome.
  private func back(_ request: Request) throws -> Response {
    do {
      // Never from the Host header: the origin is the configured one.
      let url = settings.publicOrigin + request.target
      try rows.merge(try settings.returnState.check(url: url, referenceID: user(request), binding: request.cookie(Self.cookie)))
    } catch let error as ValifyError where error.category == .returnState {
      log("a return that counts for nothing: \(error)")
    }
    return .redirect("/")
  }

  /// What Valify says. Whatever order it comes in, the record has the same answer.
  private func webhook(_ request: Request) -> Response {
    let event: Event
    do {
      event = try settings.verifier.verify(body: request.body, headers: request.headers, url: request.target)
    } catch {
      // The sender is told no more than this.
      log("webhook refused: \(error)")
      return Response(status: (error as? ValifyError)?.deliveryStatus ?? 500)
    }
    do {
      if try rows.merge(event) { return Response(status: 200) }
      // Two attempts whose links are not yet written look alike: the sender is asked to come again.
      log("an event that no attempt takes, for a human: \(event)")
      return Response(status: 503)
    } catch {
      log("webhook: the handler failed, the sender is asked to come again: \(error)")
      return Response(status: 503)
    }
  }

  /// A real app takes its user from its own session, never from such a cookie.
  private func user(_ request: Request) -> String { request.cookie("user") ?? "user-1" }

  private func log(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
