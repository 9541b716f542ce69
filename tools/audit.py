"""Asks whether anything is known against what llmlint brings along, and fails where something is.

    python tools/audit.py BILL

BILL is what tools/sbom.py wrote. pip-audit asks PyPI, and OSV about what PyPI does not tell. Exits with 1 where a
vulnerability is known, with 0 where none is, and with 3 where neither can be reached or tells anything. Which packages
were not audited is printed in any case. Needs the extra `supply`.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

SERVICES = ("pypi", "osv")
PATIENCE = 10
"""Seconds that one answer may take; more and the service cannot be reached."""
LONGEST = 120
"""Seconds that all questions to one service may take."""
KNOWN, UNREACHABLE = 1, 3

Ask = Callable[[str, dict[str, str]], str]
"""pip-audit's JSON report of packages (versions by name) by a service; anything else where it has none."""


class Audit(NamedTuple):
    """What was found."""

    audited: int
    known: list[str]
    """Vulnerabilities, a line each."""
    silent: list[str]
    """Packages of which no service knows anything, not even that nothing is known against them."""


def main() -> int:
    """Ask, and print what was found; the exit code."""
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    if importlib.util.find_spec("pip_audit") is None:
        print("pip-audit is not installed here: install llmlint with the extra `supply`", file=sys.stderr)
        return 2
    try:
        wanted = pins(Path(sys.argv[1]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{sys.argv[1]}: no bill that tools/sbom.py wrote: {error!r}", file=sys.stderr)
        return 2
    return told(audited(wanted, asked))


def pins(bill: Path) -> dict[str, str]:
    """Versions by name of the packages in a bill of materials."""
    components = json.loads(bill.read_text(encoding="utf-8"))["components"]
    return {component["name"]: component["version"] for component in components}


def audited(wanted: dict[str, str], ask: Ask) -> Audit:
    """What the services know, each asked about what the one before did not tell."""
    left, known = dict(wanted), []
    for service in SERVICES:
        if not left:
            break
        for package in answers(ask(service, left)):
            name, found = package["name"], package["vulns"]
            left = {one: version for one, version in left.items() if _same(one) != _same(name)}
            known += [f"{name} {package['version']}: {one['id']}{_mended(one)}" for one in found]
    return Audit(len(wanted) - len(left), known, sorted(left))


def answers(report: str) -> list[dict[str, Any]]:
    """The packages of a report that the service knows; none where there is no report."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return []
    return [package for package in packages if "vulns" in package]


def asked(service: str, wanted: dict[str, str]) -> str:
    """What pip-audit prints; nothing where it takes too long."""
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / "requirements.txt"
        listed.write_text("".join(f"{name}=={version}\n" for name, version in wanted.items()), encoding="utf-8")
        how = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", service, *how]
        patient = [*command, "--timeout", str(PATIENCE), "--requirement", str(listed)]
        try:
            return subprocess.run(patient, capture_output=True, text=True, timeout=LONGEST, check=False).stdout
        except subprocess.TimeoutExpired:
            return ""


def told(audit: Audit) -> int:
    """Print what was found; the exit code."""
    for line in audit.known:
        print(f"known vulnerability: {line}")
    if audit.silent:
        print(f"not audited: {', '.join(audit.silent)}")
    if audit.known:
        return KNOWN
    if not audit.audited:
        print("no service that knows of vulnerabilities can be reached from here")
        return UNREACHABLE
    print(f"audited {audit.audited} packages: nothing is known against them")
    return 0


def _same(name: str) -> str:
    """A package's name as registries compare it."""
    return name.lower().replace("_", "-").replace(".", "-")


def _mended(vulnerability: dict[str, list[str]]) -> str:
    versions = vulnerability.get("fix_versions") or []
    return f", mended in {', '.join(versions)}" if versions else ""


if __name__ == "__main__":
    sys.exit(main())
