import Foundation
import XCTest

@testable import ValifyLink

/// The closed set of kinds, as every host has it.
final class KindsTests: XCTestCase {
  func testEveryKindHasTheClassAndTheNextStepOfEveryHost() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../../..")
    let file = root.appendingPathComponent("tests/vectors/errors.json").standardizedFileURL
    let document = try JSONDecoder().decode(JSON.self, from: try Data(contentsOf: file))
    let classes = try XCTUnwrap(document["classes"]?.fields)
    XCTAssertEqual(Set(classes.values.compactMap { $0["swift"]?.string }), Set(ValifyError.Category.allCases.map(\.rawValue)))
    let errors = try XCTUnwrap(document["errors"]?.fields)
    XCTAssertEqual(Set(errors.keys), Set(ValifyError.Kind.allCases.map(\.rawValue)))
    for kind in ValifyError.Kind.allCases {
      let error = refusal(kind, at: "field", "must not be this")
      let about = try XCTUnwrap(errors[kind.rawValue])
      XCTAssertEqual(error.kind, kind)
      XCTAssertEqual(error.category.rawValue, about["class"]?["swift"]?.string)
      XCTAssertEqual(error.next.rawValue, about["next"]?.string)
      XCTAssertEqual("\(error)", "\(kind.rawValue) at field: must not be this")
    }
  }
}
