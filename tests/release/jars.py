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
pages = {part for name in documentation if name.endswith(".html") for part in re.split(r"[/.]", name)}
wrong += [] if "index.html" in documentation else ["the documentation has no index.html"]

print(f"{len(classes)} classes, {len(handed_out)} sources, {len(documentation)} files of documentation")
print(f"public: {len(public_names)}, internal: {len(internal)}; pages: {sorted(pages)[:40]}")
for line in sorted(wrong):
    print(line, file=sys.stderr)
sys.exit(bool(wrong))
