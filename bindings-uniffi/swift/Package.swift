// swift-tools-version:5.9
import Foundation
import PackageDescription

// What `bindings-uniffi/swift/generate` makes of the Rust crate: its Swift side, its header, and the library.
let libraries = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("generated/lib").path

let package = Package(
  name: "valify-link",
  platforms: [.macOS(.v13), .iOS(.v16), .tvOS(.v16), .watchOS(.v9)],
  products: [.library(name: "ValifyLink", targets: ["ValifyLink"])],
  targets: [
    .systemLibrary(name: "valify_linkFFI", path: "generated/valify_linkFFI"),
    .target(
      name: "ValifyLinkCore", dependencies: ["valify_linkFFI"], path: "generated/ValifyLinkCore",
      linkerSettings: [
        .linkedLibrary("valify_link_core"),
        .unsafeFlags(["-L\(libraries)", "-Xlinker", "-rpath", "-Xlinker", libraries]),
      ]),
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"]), .yum(["libcurl-devel"])]),
    .target(
      name: "ValifyLink", dependencies: ["ValifyLinkCore", .target(name: "CCurl", condition: .when(platforms: [.linux]))],
      swiftSettings: [.enableExperimentalFeature("StrictConcurrency")]),
    .systemLibrary(name: "CCrypto", path: "tests/CCrypto"),
    .testTarget(name: "ValifyLinkTests", dependencies: ["ValifyLink", "CCrypto"], path: "tests/ValifyLinkTests"),
  ]
)
