// swift-tools-version:5.9
import Foundation
import PackageDescription

// A package of somebody else's: tests/inside copies it away and names the package that it uses.
let used = ProcessInfo.processInfo.environment["VALIFY_LINK_PACKAGE"] ?? ".."

let package = Package(
  name: "consumer",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "valify-link", path: used)],
  targets: [
    .executableTarget(name: "Use", dependencies: [.product(name: "ValifyLink", package: "valify-link")]),
    .executableTarget(name: "Links", dependencies: [.product(name: "ValifyLink", package: "valify-link")]),
    .executableTarget(name: "Forbidden", dependencies: [.product(name: "ValifyLink", package: "valify-link")]),
  ]
)
