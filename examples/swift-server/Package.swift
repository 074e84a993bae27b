// swift-tools-version:5.9
import PackageDescription

let package = Package(
  name: "swift-server",
  platforms: [.macOS(.v13)],
  dependencies: [.package(name: "valify-link", path: "../../bindings-uniffi/swift")],
  targets: [
    .systemLibrary(name: "CSQLite"),
    .systemLibrary(name: "CPostgreSQL"),
    .executableTarget(
      name: "Server", dependencies: ["CSQLite", "CPostgreSQL", .product(name: "ValifyLink", package: "valify-link")]),
    .testTarget(name: "JourneyTests", dependencies: ["Server"]),
  ]
)
