"""Names the C library of a musllinux wheel's library as musl's own systems do, in place: musl_libc.py WHEEL

zig links against `libc.so`. musl takes itself for either name, but the images that wheels for musl are built on say `libc.musl-ARCH.so.1`,
and so that is what auditwheel takes for the system's own. Needs patchelf on the PATH. Of the same wheel it makes the same bytes.
"""

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def renamed(library: bytes, arch: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "library.so")
        file.write_bytes(library)
        subprocess.run(
            ["patchelf", "--replace-needed", "libc.so", f"libc.musl-{arch}.so.1", str(file)],
            check=True,
        )
        return file.read_bytes()


def line(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}"


wheel = Path(sys.argv[1])
arch = wheel.stem.split("musllinux_")[1].split("_", 2)[2]
with zipfile.ZipFile(wheel) as archive:
    entries = [(info, archive.read(info)) for info in archive.infolist()]
libraries = {info.filename: renamed(data, arch) for info, data in entries if info.filename.endswith(".so")}
with zipfile.ZipFile(wheel, "w") as archive:
    for info, data in entries:
        if info.filename in libraries:
            data = libraries[info.filename]
        elif info.filename.endswith(".dist-info/RECORD"):
            rows = [(row.split(",", 1)[0], row) for row in data.decode().splitlines()]
            now = [line(name, libraries[name]) if name in libraries else row for name, row in rows]
            data = "".join(f"{row}\n" for row in now).encode()
        archive.writestr(info, data, info.compress_type)
