"""From what `cargo tree` prints with depths to CycloneDX; called by tests/release/sbom, which says how."""

import json
import os
import re
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

import tomllib
from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement

out, purl, manifest = sys.argv[1:]
licenses = LicenseFactory()
lock = tomllib.loads(Path("Cargo.lock").read_text())
checksums = {(package["name"], package["version"]): package.get("checksum") for package in lock["package"]}


def component(purl: PackageURL, **more: object) -> Component:
    return Component(
        name=purl.name, version=purl.version, purl=purl, bom_ref=purl.to_string(), type=ComponentType.LIBRARY, **more
    )


def crate(line: str) -> Component:
    package, license_, repository = line.removesuffix(" (*)").split("|")
    name, version = package.split()[:2]
    version = version.removeprefix("v")
    checksum = checksums[name, version]
    return component(
        PackageURL("cargo", name=name, version=version),
        # Some still write a slash for "or".
        licenses=[licenses.make_from_string(license_.replace("/", " OR "))] if license_ else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=checksum)] if checksum else [],
        external_references=[ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(repository))]
        if repository
        else [],
    )


def brought(manifest: str) -> list[Component]:
    """What the package's own manifest has its installer fetch."""
    if manifest.endswith("package.json"):
        package = json.loads(Path(manifest).read_text())
        named = {**package.get("dependencies", {}), **package.get("optionalDependencies", {})}
        return [component(PackageURL("npm", name=name, version=version)) for name, version in named.items()]
    if manifest.endswith("pyproject.toml"):
        project = tomllib.loads(Path(manifest).read_text())["project"]
        wanted = [Requirement(text) for text in project.get("dependencies", [])]
        return [
            component(
                PackageURL("pypi", name=one.name), properties=[Property(name="requires", value=str(one.specifier))]
            )
            for one in wanted
        ]
    return []


bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, purl))
bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
root = component(PackageURL.from_string(purl), licenses=[licenses.make_from_string("MIT OR Apache-2.0")])
bom.metadata.component = root

components: dict[str, Component] = {}
edges: set[tuple[str, str]] = set()
above: list[str] = []
for line in sys.stdin.read().splitlines():
    if not line:
        # Another target's tree.
        above = []
        continue
    depth, rest = re.fullmatch(r"(\d+)\|(.*)", line).groups()
    found = crate(rest)
    reference = found.bom_ref.value
    components.setdefault(reference, found)
    del above[int(depth) :]
    if above:
        edges.add((above[-1], reference))
    above.append(reference)
    top = above[0]
libsqlite = next((one for one in components.values() if one.name == "libsqlite3-sys"), None)
if libsqlite:
    # The crate holds SQLite's sources, which are compiled in; its own version is another.
    metadata = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    (header,) = metadata.glob(f"registry/src/*/libsqlite3-sys-{libsqlite.version}/sqlite3/sqlite3.h")
    version = re.search(r'#define SQLITE_VERSION\s+"([\d.]+)"', header.read_text()).group(1)
    sqlite = component(
        PackageURL("generic", name="sqlite", version=version), licenses=[licenses.make_from_string("blessing")]
    )
    components[sqlite.bom_ref.value] = sqlite
    edges.add((libsqlite.bom_ref.value, sqlite.bom_ref.value))

for one in components.values():
    bom.components.add(one)
for upper, lower in sorted(edges):
    bom.register_dependency(components[upper], [components[lower]])
others = brought(manifest)
for one in others:
    bom.components.add(one)
bom.register_dependency(root, [components[top], *others])

text = JsonV1Dot6(bom).output_as_string(indent=2)
problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
if problem:
    sys.exit(f"{out}: {problem}")
Path(out).write_text(text + "\n")
print(f"{out}: {len(bom.components)} components")
