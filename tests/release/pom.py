"""Whether a POM says what Maven Central asks for: pom.py POM VERSION.

Exit status 3: where the sources are public is all that it lacks; anything else but 0: more is wrong.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# What the requirements that Maven Central publishes name.
ASKED = {
    "groupId": "org.valifylink",
    "artifactId": "valify-link",
    "version": sys.argv[2],
    "name": None,
    "description": None,
    "licenses/license/name": None,
    "licenses/license/url": None,
    "developers/developer/name": None,
}
OF_REPOSITORY = ("url", "scm/url", "scm/connection")
# Nothing of how the jar was made is a user's affair, and nothing in it may be resolved elsewhere.
REFUSED = ("parent", "build", "profiles", "repositories", "properties", "dependencyManagement")

text = Path(sys.argv[1]).read_text()
root = ElementTree.fromstring(text)
for element in root.iter():
    element.tag = element.tag.rpartition("}")[2]


def said(path: str) -> str:
    return (root.findtext(path) or "").strip()


wrong = [f"lacks {path}" for path in ASKED if not said(path)]
wrong += [f"says {said(path)} as {path}" for path, value in ASKED.items() if value and said(path) not in {value, ""}]
wrong += [f"has {path}" for path in REFUSED if root.find(path) is not None]
wrong += ["has a property that nothing resolves"] if "${" in text else []
for dependency in root.iterfind("dependencies/dependency"):
    scope = dependency.findtext("scope", "compile")
    optional = dependency.findtext("optional") == "true"
    wrong += (
        [f"depends on {dependency.findtext('artifactId')} for {scope}"] if scope not in {"compile", "runtime"} else []
    )
    print(
        f"depends on {dependency.findtext('artifactId')} {dependency.findtext('version')}{', if wished' if optional else ''}"
    )
lacking = [path for path in OF_REPOSITORY if not said(path).removeprefix("scm:git:").startswith("https://")]
for line in wrong:
    print(f"{sys.argv[1]} {line}", file=sys.stderr)
if lacking:
    print(
        f"{sys.argv[1]}: not ready for Maven Central, which asks for {', '.join(lacking)}: give RELEASE_REPOSITORY=https://…",
        file=sys.stderr,
    )
sys.exit(1 if wrong else 3 if lacking else 0)
