"""Lays static libraries out as an XCFramework, as xcodebuild -create-xcframework does on a Mac.

xcframework.py OUT HEADERS PLATFORM LIBRARY... [PLATFORM LIBRARY...]...: a PLATFORM is macos, ios or ios-simulator, and its libraries, one
for each architecture, become one.
"""

import plistlib
import shutil
import sys
from pathlib import Path

from mach_o import fat, slices

NAME = "libvalify_link_core.a"


def main(out: Path, headers: Path, words: list[str]) -> None:
    platforms: dict[str, list[str]] = {}
    for word in words:
        if word in {"macos", "ios", "ios-simulator"}:
            libraries = platforms.setdefault(word, [])
        else:
            libraries.append(word)
    available = []
    for platform, libraries in platforms.items():
        system, _, variant = platform.partition("-")
        archives = dict(sorted(next(slices(Path(library).read_bytes())) for library in libraries))
        architectures = list(archives)
        identifier = f"{system}-{'_'.join(architectures)}" + (f"-{variant}" if variant else "")
        (out / identifier).mkdir(parents=True)
        (out / identifier / NAME).write_bytes(fat(list(archives.values())))
        shutil.copytree(headers, out / identifier / "Headers")
        library = {
            "BinaryPath": NAME,
            "HeadersPath": "Headers",
            "LibraryIdentifier": identifier,
            "LibraryPath": NAME,
            "SupportedArchitectures": architectures,
            "SupportedPlatform": system,
        }
        available.append(library | ({"SupportedPlatformVariant": variant} if variant else {}))
    information = {"AvailableLibraries": available, "CFBundlePackageType": "XFWK", "XCFrameworkFormatVersion": "1.0"}
    (out / "Info.plist").write_bytes(plistlib.dumps(information, sort_keys=True))


main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
