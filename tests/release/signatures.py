"""Every program and library for macOS on arm64 is signed, if only ad hoc, by a signature that fits: it would not be run otherwise, and
stripping after linking can break it. signatures.py FILE...    a wheel is looked into"""

import hashlib
import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

MACH_O_64 = b"\xcf\xfa\xed\xfe"
ARM64 = 0x0100000C
LC_CODE_SIGNATURE = 0x1D
CODE_DIRECTORY = 0xFADE0C02


def binaries(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            yield from ((f"{path} > {name}", wheel.read(name)) for name in wheel.namelist())
    else:
        yield str(path), path.read_bytes()


def signature(data: bytes) -> bytes | None:
    (commands,) = struct.unpack_from("<I", data, 16)
    at = 32
    for _ in range(commands):
        command, size = struct.unpack_from("<II", data, at)
        if command == LC_CODE_SIGNATURE:
            start, length = struct.unpack_from("<II", data, at + 8)
            return data[start : start + length]
        at += size
    return None


def fits(blob: bytes, data: bytes) -> int:
    """How many pages are as the signature says; ends if one is not."""
    (count,) = struct.unpack_from(">I", blob, 8)
    for index in range(count):
        _, start = struct.unpack_from(">II", blob, 12 + 8 * index)
        directory = blob[start:]
        magic, _, _, _, hashes, _, _, pages, limit, width, _, _, exponent = struct.unpack_from(
            ">IIIIIIIIIBBBB", directory
        )
        if magic != CODE_DIRECTORY:
            continue
        size = 1 << exponent
        for page in range(pages):
            found = hashlib.sha256(data[page * size : min((page + 1) * size, limit)]).digest()[:width]
            if found != directory[hashes + page * width : hashes + (page + 1) * width]:
                sys.exit(f"the signature does not fit page {page}")
        return pages
    sys.exit("no code directory")


looked_at = 0
for path in map(Path, sys.argv[1:]):
    for name, data in binaries(path):
        if data.startswith(MACH_O_64):
            looked_at += 1
            print(f"{name}: ", end="", flush=True)
            blob = signature(data)
            if blob:
                print(f"{fits(blob, data)} pages as signed")
            elif struct.unpack_from("<I", data, 4) == (ARM64,):
                sys.exit("not signed")
            else:
                print("not signed, and need not be")
sys.exit(not looked_at)
