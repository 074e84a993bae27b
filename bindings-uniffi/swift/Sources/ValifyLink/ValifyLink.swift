import Foundation
import ValifyLinkCore

/// The client of one account. Make it once and share it; no rendering shows its key.
///
/// ```swift
/// let valify = try ValifyLink(apiKey: ProcessInfo.processInfo.environment["VALIFY_API_KEY"])
/// let request = LinkRequest(returnURL: back, referenceID: user.id, expiresAt: .now.addingTimeInterval(1800))
/// try await rows.insert(valify.requested(request))  // before the call: nothing can come too early then
/// let link = try await valify.createLink(request)
/// ```
public final class ValifyLink: Sendable, HiddenContent {
  /// Where something belongs. What is of one environment never counts in another.
  public typealias Environment = ValifyLinkCore.Environment

  /// The language of Valify's page.
  public typealias Lang = ValifyLinkCore.Lang

  /// Checked settings, for the machine ``CreateLink``. No rendering shows the key.
  public struct Config: Sendable, HiddenContent {
    let handle: ConfigHandle
    /// Where links are asked for.
    public let environment: Environment
    /// The service's origin.
    public let baseURL: String

    /// Reads a `config` document as every host spells it (advanced).
    public init(document json: String) throws {
      (handle, environment, baseURL) = try core {
        let handle = try ConfigHandle.fromDocument(json: json)
        return (handle, try handle.environment(), try handle.baseUrl())
      }
    }

    /// Environment and origin.
    public var description: String { "Config(\(environment), \(baseURL))" }
  }

  /// The checked settings.
  public let config: Config
  private let transport: any HTTPTransport

  /// The version of this package.
  public static let version = "0.1.0"

  /// Checks every setting: an error of kind `invalid_config` says which one.
  ///
  /// - Parameters:
  ///   - apiKey: The account's key, for backend-to-backend calls only. `nil` is refused, so that a missing variable is seen.
  ///   - baseURL: The service's origin in normal form. Default: `https://verify.valifysolutions.com`; required in the sandbox environment.
  ///   - lang: The language of links whose request names none. Default: English.
  ///   - environment: Production, or the local sandbox on a loopback address. Default: production.
  ///   - timeout: One attempt's time from hand-over to the last byte of the answer. Default: 30 seconds.
  ///   - deadline: The time over all attempts. Default: 60 seconds.
  ///   - maxRetries: How many times a request is sent again after 429, and after what has not left this machine. Default: 2.
  ///   - backoffCap: The cap on the back-off's delay. Default: 8 seconds.
  ///   - retryAfterCap: The longest `Retry-After` that is waited for; beyond it the call ends. Default: 30 seconds.
  ///   - maxResponseBytes: The cap on an answer's decoded body. Default: 1 MiB.
  ///   - expiryGrace: How long after its link's expiry a record still waits for an event. Default: 5 minutes.
  ///   - resendWhenUnknown: Send again after 5xx and after a failure that leaves the outcome unknown: two sessions may be created and billed.
  ///   - linkPrefixes: What a link may begin with. Default: the base URL followed by `/?`.
  ///   - returnSchemes: Schemes besides https that `returnURL` may have, for app deep links.
  ///   - insecureHosts: `host` or `host:port` that may be spoken to over http in the sandbox environment.
  ///   - transport: What carries requests.
  public convenience init(
    apiKey: String?, baseURL: String? = nil, lang: Lang? = nil, environment: Environment? = nil, timeout: Duration? = nil,
    deadline: Duration? = nil, maxRetries: Int? = nil, backoffCap: Duration? = nil, retryAfterCap: Duration? = nil,
    maxResponseBytes: Int? = nil, expiryGrace: Duration? = nil, resendWhenUnknown: Bool? = nil, linkPrefixes: [String]? = nil,
    returnSchemes: [String]? = nil, insecureHosts: [String]? = nil, transport: any HTTPTransport = DefaultTransport()
  ) throws {
    let document = Document.object([
      "api_key": .text(optional: apiKey),
      "base_url": .text(optional: baseURL),
      "lang": .text(optional: lang?.rawValue),
      "environment": .text(optional: environment?.rawValue),
      "timeout_ms": .milliseconds(timeout),
      "deadline_ms": .milliseconds(deadline),
      "max_retries": .integer(optional: maxRetries),
      "backoff_cap_ms": .milliseconds(backoffCap),
      "retry_after_cap_ms": .milliseconds(retryAfterCap),
      "max_response_bytes": .integer(optional: maxResponseBytes),
      "expiry_grace_ms": .milliseconds(expiryGrace),
      "resend_when_unknown": .bool(optional: resendWhenUnknown),
      "link_prefixes": .texts(linkPrefixes),
      "return_schemes": .texts(returnSchemes),
      "insecure_hosts": .texts(insecureHosts),
    ])
    self.init(config: try Config(document: document.json), transport: transport)
  }

  /// A client with settings that have been checked before.
  public init(config: Config, transport: any HTTPTransport = DefaultTransport()) {
    self.config = config
    self.transport = transport
  }

  /// Production or sandbox.
  public var environment: Environment { config.environment }
  /// The service's origin.
  public var baseURL: String { config.baseURL }

  /// A record of a request that is about to be made. Store it before ``createLink(_:timeout:)``: nothing can come too early then.
  ///
  /// - Parameters:
  ///   - request: The request that the call will be made with.
  ///   - nonce: That of the return state in the request's `returnURL`, so that this return alone counts for the record.
  ///   - now: When the call is made.
  public func requested(_ request: LinkRequest, nonce: String? = nil, now: Date = Date()) throws -> Verification {
    let request = try request.handle()
    let record = try core {
      let record = try VerificationHandle.requested(config: config.handle, request: request, now: Moment(now))
      return try nonce.map { try record.boundTo(nonce: $0) } ?? record
    }
    return try Verification(record)
  }

  /// Asks for a link. Sent again are, by default, only what has not left this machine and 429.
  ///
  /// - Parameters:
  ///   - request: What is asked for.
  ///   - timeout: Replaces the client's for each attempt; the deadline stays.
  /// - Throws: ``ValifyError``: of kind `invalid_request` before anything was sent; where ``ValifyError/next`` is `do_not_resend`, keep the
  ///   record as requested, show no link, and make a new attempt only on purpose. `CancellationError` if the task was cancelled: the request
  ///   may have been processed all the same.
  public func createLink(_ request: LinkRequest, timeout: Duration? = nil) async throws -> Link {
    let call = try CreateLink(config: config, request: request, timeout: timeout)
    var step = try call.start()
    while true {
      switch step {
      case .send(let request):
        do {
          step = try call.respond(try await answer(to: request))
        } catch let failure as TransportFailure {
          step = try after(failure, in: call)
        }
      case .wait(let delay):
        try await Task.sleep(for: delay)
        step = try call.waited()
      case .done(let link):
        return link
      }
    }
  }

  /// Environment and origin.
  public var description: String { "ValifyLink(\(environment), \(baseURL))" }

  /// The answer. Of what a transport throws, nothing is kept but texts.
  private func answer(to request: HTTPRequest) async throws -> HTTPResponse {
    do {
      return try await transport.send(request)
    } catch let failure as TransportFailure {
      throw failure
    } catch {
      if error is CancellationError || Task.isCancelled { throw CancellationError() }
      throw TransportFailure.maybeSent("\(type(of: error)): \(error)")
    }
  }

  private func after(_ failure: TransportFailure, in call: CreateLink) throws -> CreateLink.Step {
    if Task.isCancelled { throw CancellationError() }
    do {
      return try call.fail(failure)
    } catch var error as ValifyError {
      error.transportError = call.clean(failure.said)
      throw error
    }
  }
}
