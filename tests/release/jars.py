"""Whether a jar, its sources and its documentation are of one another: jars.py PREFIX GENERATED SOURCES, of PREFIX.jar and so on."""

import re
import struct
import sys
import zipfile
from pathlib import Path

prefix, *folders = sys.argv[1:]
wrong: list[str] = []


def entries(kind: str) -> dict[str, bytes]:
    with zipfile.ZipFile(f"{prefix}{kind}.jar") as archive:
        infos = archive.infolist()
        names = [info.filename for info in infos]
        wrong.extend(f"{kind} jar has {name} twice" for name in set(names) if names.count(name) > 1)
        if len({info.date_time for info in infos}) != 1:
            wrong.append(f"{kind} jar has times of when it was made")
        return {info.filename: archive.read(info) for info in infos if not info.is_dir()}


jar, sources, documentation = entries(""), entries("-sources"), entries("-javadoc")

# Java 17's classes, none of a test or of somebody else.
classes = [name for name in jar if name.endswith(".class")]
wrong += [
    f"a stranger in the jar: {name}" for name in classes if not name.startswith("org/valifylink/") or "Test" in name
]
wrong += [f"{name} is not for Java 17" for name in classes if struct.unpack_from(">IHH", jar[name])[2] != 61]
others = {name.split("/")[0] for name in jar if not name.endswith(".class")}
wrong += [
    f"{name} in the jar"
    for name in others
    - {"META-INF", "darwin-aarch64", "darwin-x86-64", "linux-aarch64", "linux-x86-64", "win32-x86-64"}
]
wrong += (
    [] if b"Automatic-Module-Name: org.valifylink" in jar["META-INF/MANIFEST.MF"] else ["the manifest names no module"]
)

# What was compiled is what is handed out as sources, to the byte.
compiled = {
    str(path.relative_to(folder)): path.read_bytes() for folder in folders for path in Path(folder).rglob("*.kt")
}
handed_out = {name: data for name, data in sources.items() if not name.startswith("META-INF/") and name.endswith(".kt")}
wrong += [
    f"{name} is not the same in the sources"
    for name in compiled.keys() | handed_out.keys()
    if compiled.get(name) != handed_out.get(name)
]
wrong += [f"{name} in the sources" for name in sources if not name.endswith(".kt") and not name.startswith("META-INF/")]

# A page for what is public, none for what is internal.
text = "\n".join(data.decode() for data in compiled.values())
declared = r"^(?:{}) (?:(?:sealed|open|abstract|data|enum|fun|value) )*(?:class|interface|object) (\w+)"
public = set(
    re.findall(declared.format("public") + "|" + r"^(?:(?:sealed|open|abstract|data|enum) )*class (\w+)", text, re.M)
)
public_names = {name for pair in public for name in pair if name}
internal = set(re.findall(declared.format("internal|private"), text, re.M)) - public_names
pages = {
    part for name in documentation if re.match(r"org/valifylink/.*\.html", name) for part in Path(name).stem.split(".")
}
wrong += [f"no page for {name}" for name in public_names - pages]
wrong += [f"a page for {name}, which is internal" for name in internal & pages]
wrong += [] if "index.html" in documentation else ["the documentation has no index.html"]

print(f"{len(classes)} classes, {len(handed_out)} sources, {len(documentation)} files of documentation")
print(f"pages for {len(public_names)} public classes, and for none of {len(internal)} internal ones")
for line in sorted(wrong):
    print(line, file=sys.stderr)
sys.exit(bool(wrong))
