"""Every wheel of valify-link holds the same Python, types and all, and one extension module: wheels.py WHEEL..."""

import sys
import zipfile

contents: dict[str, dict[str, bytes]] = {}
for path in sys.argv[1:]:
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
        held = {
            name: wheel.read(name)
            for name in names
            if name.endswith((".py", ".pyi", "py.typed", "/METADATA", ".cdx.json"))
        }
        modules = [name for name in names if name.endswith((".so", ".pyd"))]
        licenses = [name for name in names if "/licenses/LICENSE-" in name]
    for wanted in ("valify_link/_core.pyi", "valify_link/py.typed"):
        if wanted not in held:
            sys.exit(f"{path}: no {wanted}")
    if len(modules) != 1 or len(licenses) != 2 or not any(name.endswith(".cdx.json") for name in held):
        sys.exit(f"{path}: modules {modules}, licences {licenses}, of {names}")
    contents[path] = held
first, *others = contents
for path in others:
    differing = {
        name for name in contents[first] | contents[path] if contents[first].get(name) != contents[path].get(name)
    }
    if differing:
        sys.exit(f"{path} differs from {first} in {sorted(differing)}")
print(f"{len(contents)} wheels with the same {len(contents[first])} files of Python, types among them")
