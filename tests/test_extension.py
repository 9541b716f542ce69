"""The C parser is loaded without its package by the command line, and nobody who needs the package later notices."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from llmlint.document import backend

pytestmark = pytest.mark.skipif(backend() != "C", reason="ruamel.yaml.clib is not installed")

LOADED = """
import sys
from llmlint.document import extension
extension.load()
"""
ALONE = f"""{LOADED}
assert "_ruamel_yaml" in sys.modules
found = sorted(name for name in sys.modules if name.startswith("ruamel.yaml.") and "clib" not in name)
assert found == ["ruamel.yaml.error"], found
assert "ruamel.yaml" not in sys.modules
"""
TEXT = "%YAML 1.1\n--- !!map\na: &x [1, 'two', \"three\", {b: ~}]\nc: *x\n--- |\n  text\n"
SAME = f"""
import _ruamel_yaml
names = ("anchor", "implicit", "value", "style", "flow_style", "version")
parser = _ruamel_yaml.CParser({TEXT!r})
while (event := parser.get_event()) is not None:
    print(type(event).__name__, str(getattr(event, "ctag", None)), event.start_mark.index, event.end_mark.index)
    print([(name, getattr(event, name)) for name in names if getattr(event, name, None) is not None])
try:
    _ruamel_yaml.CParser("a: ]").get_single_node()
except Exception as error:
    print(type(error).__name__, error, [base.__name__ for base in type(error).__mro__])
"""
FAULTY = """
from llmlint.document import read
print([(one.message, one.span) for one in read(b"a: ]\\n").problems])
"""
PACKAGE = f"""{LOADED}
from llmlint.document import read
assert read(b"a: 1").documents[0].data == {{"a": 1}}
extension.complete()
import ruamel.yaml
assert ruamel.yaml.YAML().load("a: [1, two]") == {{"a": [1, "two"]}}
assert [one.data for one in read(b"a: 1", pure=True).documents] == [{{"a": 1}}]
assert [one.data for one in read(b"a: 2").documents] == [{{"a": 2}}]
"""


def run(program: str) -> str:
    """What a program prints in an interpreter of its own."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_only_what_the_parser_needs_is_loaded() -> None:
    run(ALONE)


def test_events_and_errors_say_what_those_of_the_package_say() -> None:
    assert run(LOADED + SAME) == run(SAME)


def test_faults_read_the_same() -> None:
    assert run(LOADED + FAULTY) == run(FAULTY) != "[]\n"


def test_the_package_can_be_imported_afterwards() -> None:
    run(PACKAGE)


def test_a_parser_that_makes_events_otherwise_makes_those_of_the_package() -> None:
    run(
        "from llmlint.document import parts\nparts.ScalarEvent = type('Other', (), {})\n"
        f"{LOADED}from llmlint.document import read\n"
        "assert read(b'a: [1, &x b, *x]').documents[0].data == {'a': [1, 'b', 'b']}\n"
        "assert read(b'a: ]').problems\n"
    )


def test_another_version_of_the_parser_is_imported_as_everybody_does(tmp_path: Path) -> None:
    """A parser that wants more of the package than stands in for it."""
    (tmp_path / "_ruamel_yaml.py").write_text("from ruamel.yaml.scanner import Scanner\nCParser = None\n")
    run(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{LOADED}"
        "assert not {'_ruamel_yaml', 'ruamel.yaml', 'ruamel.yaml.scanner'} & set(sys.modules)\n"
        "import ruamel.yaml\nassert ruamel.yaml.YAML().load('a: 1') == {'a': 1}\n"
    )


def test_a_file_that_only_the_pure_parser_reads_is_linted_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "deploy.yaml"
    file.write_text('model: Qwen/Qwen3-8B\nengine: {name: vllm}\nname: a\u2028b\nlist: [a, "b":c]\n', encoding="utf-8")
    shown = [
        subprocess.run(command, capture_output=True, text=True, check=False).stdout
        for command in (
            [sys.executable, "-m", "llmlint", str(file)],
            [sys.executable, "-c", "import ruamel.yaml, sys; from llmlint.cli import main; main()", str(file)],
        )
    ]
    assert shown[0] == shown[1] != ""
