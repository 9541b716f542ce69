"""The tools that build the same bytes twice, list what llmlint brings along, and ask what is known against it."""

from __future__ import annotations

import io
import json
import os
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import audit
import pytest
import reproduce
import sbom

ROOT = Path(__file__).resolve().parent.parent


def wheel(folder: Path, *, date: tuple[int, int, int, int, int, int] = (2020, 2, 2, 0, 0, 0), text: str = "a") -> Path:
    folder.mkdir()
    with zipfile.ZipFile(folder / "x-1-py3-none-any.whl", "w") as packed:
        packed.writestr(zipfile.ZipInfo("x/a.py", date), text)
    return folder


def sdist(folder: Path, mode: int) -> Path:
    folder.mkdir()
    with tarfile.open(folder / "x-1.tar", "w") as packed:
        member = tarfile.TarInfo("x-1/a.py")
        member.mode, member.size = mode, 1
        packed.addfile(member, io.BytesIO(b"a"))
    return folder


def test_two_builds_of_the_same_bytes_agree(tmp_path: Path) -> None:
    assert reproduce.differences(wheel(tmp_path / "a"), wheel(tmp_path / "b")) == []


def test_what_two_builds_do_not_agree_in_is_named(tmp_path: Path) -> None:
    first = wheel(tmp_path / "first")
    (dated,) = reproduce.differences(first, wheel(tmp_path / "dated", date=(2021, 1, 1, 0, 0, 0)))
    assert dated.startswith("x-1-py3-none-any.whl differs: x/a.py: mode 600, date (2020, 2, 2, 0, 0, 0), sha256 ")
    assert "| mode 600, date (2021, 1, 1, 0, 0, 0)" in dated
    assert reproduce.differences(first, wheel(tmp_path / "text", text="b"))[0].count("sha256") == 2
    (mode,) = reproduce.differences(sdist(tmp_path / "open", 0o644), sdist(tmp_path / "closed", 0o600))
    assert "x-1/a.py: mode 644" in mode
    assert "| mode 600" in mode
    assert "were built once" in reproduce.differences(first, tmp_path)[0]


def test_an_archive_that_is_packed_otherwise_is_a_difference_too(tmp_path: Path) -> None:
    first, second = wheel(tmp_path / "a"), wheel(tmp_path / "b")
    (second / "x-1-py3-none-any.whl").write_bytes((first / "x-1-py3-none-any.whl").read_bytes() + b"\0")
    assert reproduce.differences(first, second) == [
        "x-1-py3-none-any.whl differs: the order or the packing of its members"
    ]


def test_the_second_copy_is_as_another_user_would_have_it(tmp_path: Path) -> None:
    _, build = reproduce.BUILDS
    (tmp_path / "root").mkdir()
    for name, mode in (("a", 0o644), ("b", 0o755)):
        (tmp_path / "root" / name).write_text(name, encoding="utf-8")
        (tmp_path / "root" / name).chmod(mode)
    reproduce.copied(tmp_path / "root", tmp_path / "copy", build)
    found = {path.name: path.stat() for path in (tmp_path / "copy").iterdir()}
    assert {name: stat.S_IMODE(one.st_mode) for name, one in found.items()} == {"a": 0o600, "b": 0o700}
    assert {one.st_mtime for one in found.values()} == {reproduce.LONG_AGO}


def test_the_two_builds_differ_in_all_that_a_build_might_take_up() -> None:
    first, second = reproduce.BUILDS
    assert first.umask != second.umask
    assert first.reverse != second.reverse
    assert all(second.variables[name] != value for name, value in first.variables.items())
    assert "SOURCE_DATE_EPOCH" not in first.variables | second.variables


def bill(*names: str, extra: str = "") -> dict[str, Any]:
    """A bill in which llmlint needs the first name, and each name the next one."""
    components = [{"name": name, "version": "1", "purl": f"pkg:pypi/{name}@1", "bom-ref": name} for name in names]
    needs = [{"ref": one, "dependsOn": [other]} for one, other in zip(("root", *names), names, strict=False)]
    if extra:
        components.append({"name": extra, "version": "1", "purl": f"pkg:pypi/{extra}@1", "bom-ref": extra})
    root = {"name": "llmlint", "bom-ref": "root", "type": "application"}
    tools = {"components": [{"name": "cyclonedx-py", "externalReferences": [{"url": "https://example.com"}]}]}
    return {"metadata": {"component": root, "tools": tools}, "components": components, "dependencies": needs}


def test_a_bill_states_llmlint_s_own_version_and_no_addresses() -> None:
    found = bill("typer")
    found["components"][0]["externalReferences"] = [{"url": "https://example.com"}]
    whole = sbom.completed(found, "0.1.0")
    assert whole["metadata"]["component"]["purl"] == "pkg:pypi/llmlint@0.1.0"
    assert "example.com" not in json.dumps(whole)
    assert sbom.faults(whole) == []


def test_a_bill_holds_what_llmlint_needs_and_nothing_else() -> None:
    assert sbom.faults(sbom.completed(bill("typer", "rich", "pygments"), "1")) == []
    assert sbom.faults(sbom.completed(bill("typer", extra="pip"), "1")) == [
        "pip is installed, and llmlint does not need it"
    ]
    assert sbom.faults(sbom.completed(bill(), "1")) == ["llmlint needs nothing: is it installed in that environment?"]
    nameless = sbom.completed(bill("typer"), "")
    del nameless["components"][0]["purl"]
    assert sbom.faults(nameless) == ["llmlint has no version", "typer has no purl"]


def test_the_version_is_found_where_it_is_stated() -> None:
    from llmlint.version import __version__

    stated = sbom.VERSION.search((ROOT / "src" / "llmlint" / "version.py").read_text(encoding="utf-8"))
    assert stated is not None
    assert stated[1] == __version__


WANTED = {"typer": "0.29.2", "pydantic_core": "2.50.5", "rich": "15.0.0"}
CLEAN = {"name": "typer", "version": "0.29.2", "vulns": []}
KNOWN = {
    "name": "pydantic-core",
    "version": "2.50.5",
    "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["2.51.0"], "aliases": ["CVE-2099-1"], "description": "x"}],
}
SKIPPED = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (15.0.0)"}


def service(**reports: list[dict[str, Any]] | None) -> audit.Ask:
    """What pip-audit would print for each service; a traceback goes to its standard error."""

    def ask(name: str, wanted: dict[str, str]) -> str:
        packages = reports[name]
        return "" if packages is None else json.dumps({"dependencies": packages, "fixes": []})

    return ask


def test_a_known_vulnerability_fails_the_audit(capsys: pytest.CaptureFixture[str]) -> None:
    found = audit.audited(WANTED, service(pypi=[CLEAN, KNOWN, SKIPPED], osv=None))
    assert audit.told(found) == 1
    assert capsys.readouterr().out == (
        "known vulnerability: pydantic-core 2.50.5: PYSEC-2099-1, mended in 2.51.0\nnot audited: rich\n"
    )


def test_what_one_service_does_not_tell_the_other_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    def ask(name: str, wanted: dict[str, str]) -> str:
        if name == "pypi":
            return json.dumps({"dependencies": [CLEAN, KNOWN | {"vulns": []}, SKIPPED]})
        assert wanted == {"rich": "15.0.0"}
        return json.dumps({"dependencies": [{"name": "rich", "version": "15.0.0", "vulns": KNOWN["vulns"]}]})

    found = audit.audited(WANTED, ask)
    assert found.known == ["rich 15.0.0: PYSEC-2099-1, mended in 2.51.0"]
    assert audit.told(found) == 1


def test_nothing_known_is_said_with_the_number_of_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.told(audit.audited({"typer": "0.29.2"}, service(pypi=[CLEAN]))) == 0
    assert capsys.readouterr().out == "audited 1 packages: nothing is known against them\n"


@pytest.mark.parametrize("said", [None, [SKIPPED]])
def test_where_nobody_answers_nothing_is_said_to_be_fine(
    said: list[dict[str, Any]] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.told(audit.audited(WANTED, service(pypi=said, osv=None))) == 3
    assert capsys.readouterr().out == (
        "not audited: pydantic_core, rich, typer\nno service that knows of vulnerabilities can be reached from here\n"
    )


@pytest.mark.parametrize("report", ["", "Traceback", "[]", "null", "{}"])
def test_what_is_no_report_is_no_answer(report: str) -> None:
    assert audit.answers(report) == []


def test_packages_are_pinned_as_the_bill_states_them(tmp_path: Path) -> None:
    path = tmp_path / "bill.json"
    path.write_text(json.dumps(bill("typer", "rich")), encoding="utf-8")
    assert audit.pins(path) == {"typer": "1", "rich": "1"}


def test_what_is_no_bill_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    for text in (None, "[]", "{", '{"components": [{}]}'):
        path = tmp_path / "bill.json"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        monkeypatch.setattr("sys.argv", ["audit", str(path)])
        assert audit.main() == 2
        assert "no bill that tools/sbom.py wrote" in capsys.readouterr().err


def test_without_pip_audit_nothing_is_said_to_be_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("sys.argv", ["audit", "bill.json"])
    assert audit.main() == 2
    assert "pip-audit is not installed" in capsys.readouterr().err


@pytest.mark.parametrize("tool", [audit.main, reproduce.main, sbom.main])
def test_without_arguments_a_tool_says_how_it_is_used(
    tool: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["tool"])
    assert tool() == 2
    assert "python tools/" in capsys.readouterr().err


def test_files_that_git_does_not_know_are_not_built(tmp_path: Path) -> None:
    assert os.path.join("src", "llmlint", "version.py") in reproduce.known(ROOT)
    (tmp_path / "a").write_text("", encoding="utf-8")
    assert list(reproduce.known(tmp_path)) == ["a"]
