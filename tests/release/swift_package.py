"""The manifest of the release from the one in the tree, without its tests and what only a build of the tree has.

swift_package.py PACKAGE.swift ARGUMENT...: where the XCFramework is, as arguments of a manifest's binary target.
"""

import re
import sys
from pathlib import Path

BINARY = ",\n    ".join(sys.argv[2:])
CORE = f"""// The core: where Apple's systems are, the XCFramework; elsewhere a library that pkg-config finds, or the linker by `-Xlinker -L`.
#if os(macOS)
  let core = Target.binaryTarget(
    name: "ValifyLinkFFI",
    {BINARY})
#else
  let core = Target.systemLibrary(name: "valify_linkFFI", pkgConfig: "valify-link-core")
#endif
"""
CHANGES = [
    # What each is in the tree, and in the release.
    (r"import Foundation\n", ""),
    (r"// What `bindings-uniffi/swift/generate`[^\n]*\nlet libraries = [^\n]*\n", CORE),
    (r", \.tvOS\(\.v\d+\), \.watchOS\(\.v\d+\)", ""),
    (r'    \.systemLibrary\(name: "valify_linkFFI", path: "[^"]*"\),\n', "    core,\n"),
    (
        r'dependencies: \["valify_linkFFI"\], path: "[^"]*",\n( +)linkerSettings: \[\n[^\]]*\]\),\n +\]\),\n',
        r'dependencies: [.target(name: core.name)],\n\1linkerSettings: [.linkedLibrary("valify_link_core", .when(platforms: [.linux]))]),\n',
    ),
    (r'    \.systemLibrary\(name: "CCrypto"[^\n]*\n', ""),
    (r"    \.testTarget\([^\n]*\),\n", ""),
]

manifest = Path(sys.argv[1]).read_text()
for pattern, replacement in CHANGES:
    manifest, found = re.subn(pattern, replacement, manifest)
    if found != 1:
        sys.exit(f"{sys.argv[1]} is not as this knows it: {found} times {pattern}")
print(manifest, end="")
