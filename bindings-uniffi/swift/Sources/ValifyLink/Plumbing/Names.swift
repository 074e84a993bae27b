import ValifyLinkCore

/// A member of a closed set, whose raw value is its name in every document, log and host, such as `outcome_unknown`.
public protocol NamedCase: RawRepresentable, CaseIterable, Codable, Sendable where RawValue == String {}

extension NamedCase {
  /// The name.
  public var rawValue: String { snakeCase(of: self) }
  /// The member of this exact name.
  public init?(rawValue: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = found
  }
}

/// The core's name of a member: its case, in the spelling that this host gave it. The few names that are no such thing are written out below.
private func snakeCase(of member: some NamedCase) -> String {
  String(describing: member).reduce(into: "") { name, character in
    name += character.isUppercase ? "_" + character.lowercased() : String(character)
  }
}

extension ValifyLinkCore.BoundBrowser: NamedCase {}
extension ValifyLinkCore.Digest: NamedCase {}
extension ValifyLinkCore.Environment: NamedCase {}
extension ValifyLinkCore.ErrorKind: NamedCase {}
extension ValifyLinkCore.Lang: NamedCase {}
extension ValifyLinkCore.MatchesBy: NamedCase {}
extension ValifyLinkCore.Module: NamedCase {}
extension ValifyLinkCore.NationalIdWarning: NamedCase {}
extension ValifyLinkCore.Next: NamedCase {}
extension ValifyLinkCore.Outcome: NamedCase {}
extension ValifyLinkCore.PassedWhen: NamedCase {}
extension ValifyLinkCore.Placement: NamedCase {}
extension ValifyLinkCore.PresetName: NamedCase {}
extension ValifyLinkCore.Problem: NamedCase {}
extension ValifyLinkCore.SchemeName: NamedCase {}
extension ValifyLinkCore.Sex: NamedCase {}
extension ValifyLinkCore.Status: NamedCase {}
extension ValifyLinkCore.SubjectWarning: NamedCase {}

extension ValifyLinkCore.Mistake: NamedCase {
  /// The name.
  public var rawValue: String {
    if case .noMistake = self { return "none" }
    return snakeCase(of: self)
  }
}

extension ValifyLinkCore.SignatureEncoding: NamedCase {
  /// The name.
  public var rawValue: String {
    if case .base64Url = self { return "base64url" }
    return snakeCase(of: self)
  }
}

extension ValifyLinkCore.Signs: NamedCase {
  /// The name.
  public var rawValue: String {
    switch self {
    case .body: "body"
    case .timestampBody: "timestamp.body"
    case .idTimestampBody: "id.timestamp.body"
    }
  }
}

/// What an event says. Valify's own values are not known: your profile turns them into these.
public typealias Outcome = ValifyLinkCore.Outcome
