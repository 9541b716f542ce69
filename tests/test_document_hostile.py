from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import llmlint.document
from llmlint.document import read

from .documents import BACKENDS, check_spans
from .hostile_files import giant_files, hostile_files

# Hostile files, in a child process with limits: the C parsers can be made to crash, and no test can catch that.

CHILD = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
from llmlint.document import comments, read
data, pure = sys.stdin.buffer.read(), sys.argv[1] == "pure"
read(b"a: 1", pure=pure)
began = time.process_time()
source = read(data, pure=pure)
took = time.process_time() - began
comments(source, "llmlint")
text = json.dumps([document.data for document in source.documents])
assert len(text) < 10_000_000
# Not getrusage: its peak is inherited from the process that started this one.
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0])
print(json.dumps({"took": took, "megabytes": peak // 1024, "problems": [p.message for p in source.problems]}))
"""
NO_PROBLEM = {
    "empty.yaml",
    "only-comments.yaml",
    "bom-utf8.yaml",
    "bom-utf16-le.yaml",
    "bom-utf16-be.yaml",
    "lone-cr.yaml",
    "crlf.yaml",
    "surrogates-in-json.json",
    "tab-as-blank.yaml",
    "tab-indented.json",
    "duplicate-anchor.yaml",
    "custom-tag.yaml",
    "template-quoted.yaml",
    "terminal-escape-escaped.yaml",
    "brackets-in-quotes-100000.yaml",
    "keys-20000.yaml",
    "keys-90000.yaml",
    "comments-500000.yaml",
    "blank-lines-1000000.yaml",
    "anchors-80000.yaml",
}


@BACKENDS
@pytest.mark.parametrize("name", giant_files())
def test_giant_file(name: str, pure: bool) -> None:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, "pure" if pure else "C"],
        input=giant_files()[name],
        capture_output=True,
        timeout=30,
        check=True,
        env={"PYTHONPATH": str(Path(llmlint.document.__file__).parents[2])},
    )
    report = json.loads(child.stdout)
    assert report["problems"] or name in NO_PROBLEM
    assert len(report["problems"]) <= 22
    if not pure:
        assert report["took"] < 3  # measured below one second; this catches what grows faster than its input
        assert report["megabytes"] < 200


@BACKENDS
@pytest.mark.parametrize("name", sorted(set(hostile_files()) - set(giant_files())))
def test_hostile_file(name: str, pure: bool) -> None:
    data = hostile_files()[name]
    source = read(data, pure=pure)
    assert bool(source.problems) == (name not in NO_PROBLEM)
    check_spans(source, data)


def test_there_are_enough_hostile_files() -> None:
    assert len(hostile_files()) >= 100
    assert set(hostile_files()) > NO_PROBLEM
