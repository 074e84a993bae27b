"""Packs a folder under its own name, of the same files always the same bytes: zip.py ZIP FOLDER, with SOURCE_DATE_EPOCH."""

import os
import sys
import time
import zipfile
from pathlib import Path

out, folder = sys.argv[1], Path(sys.argv[2])
when = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
with zipfile.ZipFile(out, "w") as archive:
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        info = zipfile.ZipInfo(str(path.relative_to(folder.parent)), when)
        info.external_attr = 0o100644 << 16
        archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
print(f"{out}: {Path(out).stat().st_size // 1000} kB")
