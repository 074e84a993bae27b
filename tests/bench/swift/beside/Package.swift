// swift-tools-version:5.9
import PackageDescription

let package = Package(
  name: "bench",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "valify-link", path: "../../../../bindings-uniffi/swift")],
  targets: [
    .systemLibrary(name: "CBareCrypto"),
    .executableTarget(name: "Bench", dependencies: ["CBareCrypto", .product(name: "ValifyLink", package: "valify-link")]),
  ]
)
