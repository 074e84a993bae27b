"""Whether an XCFramework is what its Info.plist says: apple.py FRAMEWORK.

Every library is there, of the architectures that are named, and each of its objects for the platform that is named, and no older
than that; none has debug information. That nobody has linked or run it on a Mac is another matter.
"""

import plistlib
import struct
import sys
from pathlib import Path

from mach_o import CPUS, OBJECT, members, slices

# <mach-o/loader.h>
SEGMENT, BUILD_VERSION = 0x19, 0x32
# How objects for systems older than those that have a build version say it; no simulator on Apple's own processors is as old.
VERSION_MIN = {0x24: 1, 0x25: 2}
PLATFORMS = {("macos", None): 1, ("ios", None): 2, ("ios", "simulator"): 7}
OLDEST = {"macos": (11, 0), "ios": (16, 0)}

wrong: list[str] = []


def look(name: str, data: bytes, architecture: str, platform: int, oldest: tuple[int, int]) -> bool:
    """Whether the object says for which platform it is; what it says is held against what it should."""
    magic, its_cpu, _, _, commands = struct.unpack_from("<5I", data)
    if magic != OBJECT or CPUS.get(its_cpu) != architecture:
        wrong.append(f"{name} is no object for this architecture")
        return False
    at, says = 32, False
    for _ in range(commands):
        command, size = struct.unpack_from("<2I", data, at)
        if command == BUILD_VERSION or command in VERSION_MIN:
            first, second = struct.unpack_from("<2I", data, at + 8)
            said, version = (first, second) if command == BUILD_VERSION else (VERSION_MIN[command], first)
            if said != platform or (version >> 16, version >> 8 & 255) > oldest:
                wrong.append(f"{name} is for platform {said} from {version >> 16}.{version >> 8 & 255} on")
            says = True
        if command == SEGMENT:
            for section in range(struct.unpack_from("<I", data, at + 64)[0]):
                if data[at + 72 + 80 * section + 16 :].startswith(b"__DWARF"):
                    wrong.append(f"{name} has debug information")
                    break
        at += size
    return says


def main(framework: Path) -> int:
    information = plistlib.loads((framework / "Info.plist").read_bytes())
    if (information["CFBundlePackageType"], information["XCFrameworkFormatVersion"]) != ("XFWK", "1.0"):
        wrong.append("Info.plist is of no XCFramework of this format")
    named = set()
    for library in information["AvailableLibraries"]:
        folder = framework / library["LibraryIdentifier"]
        file = folder / library["LibraryPath"]
        system, variant = library["SupportedPlatform"], library.get("SupportedPlatformVariant")
        named.add(folder.name)
        for wanted in ("module.modulemap", "valify_linkFFI.h"):
            if not (folder / library["HeadersPath"] / "valify_linkFFI" / wanted).is_file():
                wrong.append(f"{folder.name} has no {wanted}")
        thin = dict(slices(file.read_bytes()))
        if sorted(thin) != sorted(library["SupportedArchitectures"]):
            wrong.append(f"{file} is for {sorted(thin)}")
        for architecture, archive in thin.items():
            objects = list(members(archive))
            for name, data in objects:
                name = f"{folder.name} {architecture} {name}"
                if not look(name, data, architecture, PLATFORMS[system, variant], OLDEST[system]):
                    wrong.append(f"{name} does not say for which platform it is")
            if not objects:
                wrong.append(f"{file} is empty for {architecture}")
            print(f"{folder.name}: {architecture}, {len(archive) // 1000} kB, {len(objects)} objects")
    there = {path.name for path in framework.iterdir() if path.is_dir()}
    if there != named or named != {"macos-arm64_x86_64", "ios-arm64", "ios-arm64_x86_64-simulator"}:
        wrong.append(f"the folders are {sorted(there)}, the plist has {sorted(named)}")
    for line in wrong:
        print(line, file=sys.stderr)
    return bool(wrong)


sys.exit(main(Path(sys.argv[1])))
