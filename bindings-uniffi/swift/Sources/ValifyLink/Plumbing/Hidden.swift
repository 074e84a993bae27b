/// A value of whose content no rendering shows anything: not interpolation, `print`, `dump`, nor a debugger's or logger's mirror.
public protocol HiddenContent: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension HiddenContent {
  /// What may be shown, and no more in a debugger.
  public var debugDescription: String { description }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
