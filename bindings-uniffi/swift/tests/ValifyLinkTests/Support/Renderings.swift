import Foundation

/// Every way in which a value is turned into text, and every text that a mirror leads to.
func renderings(_ value: Any) -> String {
  var dumped = ""
  dump(value, to: &dumped)
  var texts = ["\(value)", String(describing: value), String(reflecting: value), dumped]
  if let error = value as? any Error {
    let bridged = error as NSError
    texts += [error.localizedDescription, "\(bridged)", bridged.description, bridged.debugDescription, "\(bridged.userInfo)"]
    texts += [bridged.localizedFailureReason ?? "", bridged.localizedRecoverySuggestion ?? ""]
    texts += bridged.userInfo.values.map { String(reflecting: $0) }
  }
  if let error = value as? any LocalizedError {
    texts += [error.errorDescription, error.failureReason, error.recoverySuggestion, error.helpAnchor].compactMap { $0 }
  }
  walk(value, depth: 0, into: &texts)
  return texts.joined(separator: "\n")
}

private func walk(_ value: Any, depth: Int, into texts: inout [String]) {
  guard depth < 12 else { return }
  var mirror: Mirror? = Mirror(reflecting: value)
  while let one = mirror {
    for child in one.children {
      texts.append("\(child.label ?? "") \(child.value)")
      walk(child.value, depth: depth + 1, into: &texts)
    }
    mirror = one.superclassMirror
  }
}
