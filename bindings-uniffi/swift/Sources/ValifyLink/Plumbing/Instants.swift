import Foundation
import ValifyLinkCore

/// Seconds from 1970 to 2001, from where a `Date` counts.
private let epoch: Int64 = 978_307_200

extension Moment {
  /// All digits that a `Date` holds. Its own are binary: they are read to the microsecond, so that a whole or half millisecond that was
  /// put into a `Date` comes out of it as one. What no calendar holds becomes what the core refuses.
  init(_ date: Date) {
    let seconds = date.timeIntervalSinceReferenceDate
    let whole = seconds.rounded(.down)
    let micros = Int32(clamping: Int64(((seconds - whole) * 1e6).rounded().orZero))
    guard let whole = Int64(exactly: whole), whole.magnitude < 1 << 50 else {
      self.init(seconds: seconds < 0 ? .min : .max, nanos: 0)
      return
    }
    let carry: Int64 = micros >= 1_000_000 ? 1 : 0
    self.init(seconds: whole + epoch + carry, nanos: (micros - Int32(carry) * 1_000_000) * 1000)
  }

  /// The nearest `Date`.
  var date: Date {
    Date(timeIntervalSinceReferenceDate: Double(seconds - epoch) + Double(nanos) / 1e9)
  }

  /// RFC 3339 with all digits, as documents have it.
  var text: String {
    guard seconds.magnitude < 1 << 50 else { return "out of range" }
    let days = (seconds - seconds.modulo(86400)) / 86400
    let second = seconds.modulo(86400)
    let (year, month, day) = civil(days)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    return "\(date)T\(time).\(padded(Int64(nanos), 9))Z"
  }
}

/// The day of the Gregorian calendar that lies this many days after 1 January 1970. Eras of 400 years have 146,097 days each; a year begins
/// in March, so that the odd day is its last.
private func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let shifted = days + 719_468
  let dayOfEra = shifted.modulo(146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let march = (5 * dayOfYear + 2) / 153
  let month = march < 10 ? march + 3 : march - 9
  let year = yearOfEra + (shifted - dayOfEra) / 146_097 * 400 + (month <= 2 ? 1 : 0)
  return (year, month, dayOfYear - (153 * march + 2) / 5 + 1)
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
  fileprivate func modulo(_ divisor: Int64) -> Int64 {
    let rest = self % divisor
    return rest < 0 ? rest + divisor : rest
  }
}

extension Double {
  fileprivate var orZero: Double { isFinite ? self : 0 }
}

extension Duration {
  /// Whole milliseconds, the nearest; what does not fit becomes what the core refuses.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow ? (seconds < 0 ? .min : .max) : whole &+ Int64((Double(attoseconds) / 1e15).rounded())
  }

  /// Seconds, as older interfaces take them.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
