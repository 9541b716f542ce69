"""Writes what an installed llmlint brings along as a bill of materials (CycloneDX 1.6, JSON), and has it validated.

    python tools/sbom.py PYTHON OUTPUT

PYTHON is the interpreter of an environment that holds llmlint and what it requires, and nothing else: whatever else is
in it is an error, since it would stand in the bill as if llmlint needed it. Runs in another environment, with the extra
`supply`. The same environment gives the same bytes: neither a date nor a serial number is in them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def main() -> int:
    """Write the bill where it is whole and valid; the exit code."""
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    version = VERSION.search((ROOT / "src" / "llmlint" / "version.py").read_text(encoding="utf-8"))
    document = completed(listed(Path(sys.argv[1])), version[1] if version else "")
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    wrong = faults(document) or invalid(text)
    if wrong:
        print("\n".join(wrong))
        return 1
    Path(sys.argv[2]).write_text(text, encoding="utf-8")
    print(f"{len(document['components'])} components in {sys.argv[2]}, valid by CycloneDX 1.6")
    return 0


def listed(python: Path) -> dict[str, Any]:
    """The bill of an environment as cyclonedx-py makes it."""
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "bill.json"
        # Validated afterwards, without the addresses: of a hundred of them its validator takes ten seconds to parse.
        options = ["--no-validate", "--output-reproducible", "--mc-type", "application", "--output-file", str(output)]
        command = [sys.executable, "-m", "cyclonedx_py", "environment", *options]
        command += ["--pyproject", str(ROOT / "pyproject.toml"), str(python)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{done.stderr}cyclonedx-py ended with {done.returncode}")
        found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return found


def completed(document: dict[str, Any], version: str) -> dict[str, Any]:
    """The bill with the version of llmlint itself, which pyproject.toml does not hold, and without web addresses."""
    metadata = document["metadata"]
    tools = {kind: [_without_addresses(one) for one in some] for kind, some in metadata["tools"].items()}
    root = {**_without_addresses(metadata["component"]), "version": version, "purl": f"pkg:pypi/llmlint@{version}"}
    components = [_without_addresses(one) for one in document["components"]]
    return {**document, "metadata": {**metadata, "tools": tools, "component": root}, "components": components}


def _without_addresses(component: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in component.items() if key != "externalReferences"}


def faults(document: dict[str, Any]) -> list[str]:
    """What is missing in a bill, and what llmlint does not need, a line each."""
    root = document["metadata"]["component"]
    needed = _reached(root["bom-ref"], {one["ref"]: one.get("dependsOn", []) for one in document["dependencies"]})
    found = [] if len(needed) > 1 else ["llmlint needs nothing: is it installed in that environment?"]
    for component in (root, *document["components"]):
        name = component["name"]
        found += [f"{name} has no {key}" for key in ("version", "purl") if not component.get(key)]
        if component["bom-ref"] not in needed:
            found.append(f"{name} is installed, and llmlint does not need it")
    return found


def _reached(root: str, requirements: dict[str, list[str]]) -> set[str]:
    """All that is needed by one component, itself among it."""
    found, open_ends = {root}, [root]
    while open_ends:
        new = [one for one in requirements.get(open_ends.pop(), []) if one not in found]
        found.update(new)
        open_ends += new
    return found


def invalid(text: str) -> list[str]:
    """What CycloneDX's own schema has to say against a bill, which comes with its library."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return [] if error is None else [f"no valid bill: {str(error)[:2000]}"]


if __name__ == "__main__":
    sys.exit(main())
