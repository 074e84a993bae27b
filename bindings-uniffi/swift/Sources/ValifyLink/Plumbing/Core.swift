import ValifyLinkCore

/// Runs something of the core. Whatever it throws becomes the one error of this package.
func core<T>(_ body: () throws -> T) throws -> T {
  do {
    return try body()
  } catch CoreError.Refused(let details) {
    throw ValifyError(details)
  } catch {
    // What else the scaffolding throws is a defect, and its text may be anything.
    throw ValifyError.defect
  }
}

/// Refuses what never reaches the core. The detail says the rule, never the value.
func refusal(_ kind: ValifyError.Kind, at field: String? = nil, _ detail: String) -> ValifyError {
  guard let details = try? ValifyLinkCore.refusal(kind: kind, field: field, detail: detail) else { return .defect }
  return ValifyError(details)
}
