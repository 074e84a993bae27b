"""Looks through every artifact in the current folder, inside of archives too, for folders of this machine: paths.py FOLDER..."""

import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path

ARCHIVES = (".whl", ".jar", ".zip")
# A home is rarely longer than this, and a name as short as "/" would be everywhere.
folders = sorted({folder.rstrip("/").encode() + b"/" for folder in sys.argv[1:] if len(folder.rstrip("/")) > 3})
found: list[str] = []
looked_at = 0


def look(name: str, data: bytes) -> None:
    global looked_at
    looked_at += 1
    found.extend(f"{name} holds {folder.decode()}" for folder in folders if folder in data)
    if name.endswith(ARCHIVES):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                look(f"{name} > {entry.filename}", archive.read(entry))
    elif name.endswith((".tgz", ".tar.gz", ".crate")):
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as archive:
            for member in archive.getmembers():
                file = archive.extractfile(member)
                if file:
                    look(f"{name} > {member.name}", file.read())


for path in sorted(Path().rglob("*")):
    if path.is_file():
        look(str(path), path.read_bytes())
for line in found:
    print(line, file=sys.stderr)
print(f"{looked_at} files looked through for {', '.join(folder.decode() for folder in folders)}")
sys.exit(bool(found) or not looked_at)
