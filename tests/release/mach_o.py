"""Reads the archives of Apple's platforms: what is in one, and those of several processors in one file. From <mach-o/fat.h> and <ar.h>."""

import struct
from collections.abc import Iterator

CPUS = {0x0100000C: "arm64", 0x01000007: "x86_64"}
FAT, OBJECT = 0xCAFEBABE, 0xFEEDFACF


def members(archive: bytes) -> Iterator[tuple[str, bytes]]:
    """The objects of an archive as BSD writes it: a name longer than its field stands before the member."""
    if archive[:8] != b"!<arch>\n":
        raise ValueError("no archive")
    at = 8
    while at < len(archive):
        name, size = archive[at : at + 16].decode().strip(), int(archive[at + 48 : at + 58])
        data = archive[at + 60 : at + 60 + size]
        if name.startswith("#1/"):
            length = int(name[3:])
            name, data = data[:length].rstrip(b"\0").decode(), data[length:]
        if not name.startswith("__.SYMDEF"):
            yield name, data
        at += 60 + size + size % 2


def processor(archive: bytes) -> tuple[int, int]:
    """Of the first object, and so of all: the type and the subtype."""
    magic, kind, subtype = struct.unpack_from("<3I", next(members(archive))[1])
    if magic != OBJECT:
        raise ValueError("no object of Apple's")
    return kind, subtype


def slices(file: bytes) -> Iterator[tuple[str, bytes]]:
    """Each processor's archive, of a file for one or for several."""
    if struct.unpack_from(">I", file)[0] != FAT:
        yield CPUS[processor(file)[0]], file
        return
    for number in range(struct.unpack_from(">I", file, 4)[0]):
        kind, _, offset, size, _ = struct.unpack_from(">5I", file, 8 + 20 * number)
        yield CPUS[kind], file[offset : offset + size]


def fat(archives: list[bytes]) -> bytes:
    """One file for several processors; of one, the archive itself."""
    if len(archives) == 1:
        return archives[0]
    align = 3
    header, body = struct.pack(">2I", FAT, len(archives)), b""
    start = 8 + 20 * len(archives)
    for archive in archives:
        body += b"\0" * (-(start + len(body)) % (1 << align))
        header += struct.pack(">5I", *processor(archive), start + len(body), len(archive), align)
        body += archive
    return header + body
