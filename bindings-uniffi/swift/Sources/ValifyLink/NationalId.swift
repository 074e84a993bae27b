import Foundation
import ValifyLinkCore

/// A well-formed Egyptian national ID number. No rendering shows it.
///
/// That a number is well-formed does not prove that it was issued, nor that it belongs to whoever typed it.
public struct NationalId: Sendable, Equatable, HiddenContent {
  /// The sex in the number.
  public typealias Sex = ValifyLinkCore.Sex
  /// What looks wrong about a number and does not make it unusable: the rules behind it are not published.
  public typealias Warning = ValifyLinkCore.NationalIdWarning

  /// A governorate of Egypt, or a birth abroad.
  public struct Governorate: Sendable, Equatable {
    /// The two digits in the number.
    public let code: String
    /// The English name.
    public let english: String
    /// The Arabic name.
    public let arabic: String
  }

  private let handle: NationalIdHandle
  /// The 14 ASCII digits. Personal data: store ``pseudonym(key:)`` where that serves.
  public let digits: String
  /// The date of birth, as `2001-01-31`.
  public let birthDate: String
  /// Where the birth was registered; absent, with a warning, where the code is not one of those observed.
  public let governorate: Governorate?
  /// The sex in the number.
  public let sex: Sex
  /// What looks wrong. Never a reason to reject by itself.
  public let warnings: [Warning]

  /// Reads 14 ASCII, Arabic-Indic or Persian digits, with any spaces or hyphens between them.
  ///
  /// - Parameters:
  ///   - text: The number.
  ///   - now: For one rule alone: nobody is born in the future.
  /// - Throws: ``ValifyError`` of kind `invalid_request` at `national_id` for what is none.
  public init(_ text: String, now: Date = Date()) throws {
    let (handle, view) = try core {
      let handle = try NationalIdHandle.parse(text: text, now: Moment(now))
      return (handle, try handle.view())
    }
    self.handle = handle
    digits = view.digits
    birthDate = view.birthDate
    governorate = view.governorate.map { Governorate(code: $0.code, english: $0.english, arabic: $0.arabic) }
    sex = view.sex
    warnings = view.warnings
  }

  /// Whether the holder is under 18 on the date that it then is in Egypt.
  public func isMinor(at now: Date = Date()) throws -> Bool {
    try core { try handle.isMinorAt(now: Moment(now)) }
  }

  /// A name for this number that nobody can turn back without the key: 64 hexadecimal digits. Keep the key, of at least 16 bytes, apart from
  /// the table.
  public func pseudonym(key: Secret) throws -> String {
    let key = try key.handle()
    return try core { try handle.pseudonym(key: key) }
  }

  /// Whether both are the same number.
  public static func == (one: NationalId, other: NationalId) -> Bool {
    one.digits == other.digits
  }

  /// Nothing.
  public var description: String { "NationalId(hidden)" }
}
