"""Whether two folders hold the same files, and which entries of an archive differ where it does: same.py ONE OTHER"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path


def entries(path: Path) -> dict[str, bytes]:
    """What an archive holds, and for each entry what is said about it."""
    data = path.read_bytes()
    if path.suffix in (".whl", ".jar"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                f"{one.filename} {what}": value
                for one in archive.infolist()
                for what, value in (
                    ("bytes", archive.read(one)),
                    ("attributes", repr((one.date_time, one.external_attr)).encode()),
                )
            }
    if path.name.endswith((".tgz", ".tar.gz")):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return {
                f"{one.name} {what}": value
                for one in archive.getmembers()
                for what, value in (
                    ("bytes", (archive.extractfile(one) or io.BytesIO()).read()),
                    ("attributes", repr((one.mtime, one.mode, one.uid, one.gid, one.uname)).encode()),
                )
            }
    return {"bytes": data}


one, other = map(Path, sys.argv[1:])
names = [{path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} for folder in (one, other)]
differing = [f"{name}: in one alone" for name in sorted(names[0] ^ names[1])]
same = 0
for name in sorted(names[0] & names[1]):
    if (one / name).read_bytes() == (other / name).read_bytes():
        print(f"the same: {name}")
        same += 1
        continue
    first, second = entries(one / name), entries(other / name)
    wrong = [entry for entry in first | second if first.get(entry) != second.get(entry)]
    differing.append(f"{name}: {', '.join(wrong) or 'the order or the compression of its entries'}")
for line in differing:
    print(f"differs: {line}", file=sys.stderr)
print(f"{same} files the same, {len(differing)} not")
sys.exit(bool(differing) or not same)
