"""Every command on a page is run, and prints what the page shows; `pytest tests/pages --update` shows it anew.

A block that cannot be run says so in a comment above it, `<!-- not run: REASON -->`.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from llmlint.cli.options import BY_NAME, BY_SHORT, COMMANDS

from .blocks import Block, blocks, replaced
from .transcript import PROGRAMS, ROOT, Command, Scratch, commands, made, matches, programs_of

PAGES = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NOT_RUN = 7
"""Blocks of all pages that cannot be run, each with its reason beside it. Few, and none that could."""
GENERATED = re.compile(r"<!-- output of: .*? -->\n```text\n.*?```\n<!-- end -->", re.DOTALL)
OURS = re.compile(r": (error|warning|info)\[[a-z-]+\]|^\$ ", re.MULTILINE)
"""What only our program prints, and what only a command begins with."""


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def of_console(page: str) -> list[Block]:
    return [block for block in blocks(text_of(page)) if block.language == "console"]


WITH_COMMANDS = [page for page in PAGES if of_console(page)]


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    folder = tmp_path / "scratch"
    shutil.copytree(ROOT / "examples", folder / "examples")
    return Scratch(folder)


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_commands_print_what_the_page_shows(page: str, scratch: Scratch, update: bool) -> None:
    new: dict[int, str] = {}
    for block in blocks(text_of(page)):
        if block.title and not block.not_run:
            scratch.write(block.title, block.text)
        elif block.language == "console" and not block.not_run:
            new[block.first] = run_block(block, scratch, update=update, where=f"{page}:{block.first}")
    if update:
        (ROOT / page).write_text(replaced(text_of(page), new), encoding="utf-8")


def run_block(block: Block, scratch: Scratch, *, update: bool, where: str) -> str:
    """The block as it ought to be."""
    found = []
    given = commands(block.text)
    for command, following in zip(given, [*given[1:], Command("", ())], strict=True):
        printed = scratch.printed(command.line)
        expected = following.line == "echo $?" or scratch.code in (0, 1)
        assert expected, f"{where}: {command.line} ends with {scratch.code}: {printed}"
        assert "Traceback (most recent call last)" not in printed, f"{where}: {command.line}: {printed}"
        if not update:
            assert matches(command.shown, printed), f"{where}: {command.line} prints\n{printed}"
        found.append(made(command, printed))
    return "\n".join(found)


def test_what_cannot_be_run_says_why() -> None:
    marked = [(page, block) for page in PAGES for block in of_console(page) if block.not_run]
    for page, block in marked:
        assert len(block.not_run) > 15, f"{page}:{block.first}: {block.not_run} is no reason"
        foreign = set[str]().union(*(programs_of(command.line) for command in commands(block.text))) - PROGRAMS
        assert foreign, f"{page}:{block.first} can be run"
    assert len(marked) == NOT_RUN


@pytest.mark.parametrize("page", PAGES)
def test_no_output_stands_outside_what_is_run(page: str) -> None:
    without = GENERATED.sub("", text_of(page))
    for block in blocks(without):
        if block.language != "console" and not block.title:
            assert not OURS.search(block.text), f"{page}: nobody runs this block:\n{block.text}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_text_exist(page: str) -> None:
    """`llmlint …` in a sentence is a command that there is, with options that it has."""
    for line in re.findall(r"`llmlint ([^`]+)`", text_of(page)):
        words = shlex.split(line.replace("…", "").replace("\\|", "|"), comments=True)
        command = words[0] if words and words[0] in COMMANDS else "check"
        known = options_of(command)
        for word in words:
            name = word.partition("=")[0]
            if name.startswith("-") and name != "-":
                assert name in known, f"{page}: llmlint {line}: {command} has no {name}"


def options_of(command: str) -> set[str]:
    if command == "check":
        return {*BY_NAME, *BY_SHORT, "--help", "-h", "--version", "-V"}
    import typer.main

    from llmlint.cli.app import app

    group = typer.main.get_command(app)
    found = group.commands[command]  # type: ignore[attr-defined]  # a group, to typer
    return {"--help", "-h"} | {name for parameter in found.params for name in parameter.opts}


# The way of looking at pages, tried on small ones.


def test_what_is_left_out_is_any_lines() -> None:
    assert matches(("a", "…", "d"), "a\nb\nc\nd\n")
    assert matches(("a", "…"), "a\n")
    assert not matches(("a", "…", "d"), "a\nb\n")
    assert not matches(("a",), "a\nb\n")
    assert not matches((), "a\n")
    assert matches(("a", ""), "a  \n\n")
    assert matches(("long …",), "long line\n")
    assert not matches(("long …",), "short line\n")


def test_blocks_are_found_with_their_titles_and_reasons() -> None:
    page = '```yaml title="a.yaml"\nx: 1\n```\n\n<!-- not run: because it cannot -->\n\n'
    page += "  ```console\n  $ x \\\n  y\n  z\n  ```\n"
    first, second = blocks(page)
    assert (first.title, first.text, first.language) == ("a.yaml", "x: 1", "yaml")
    assert second.not_run == "because it cannot"
    assert commands(second.text) == [Command("x \\\ny", ("z",))]
    assert replaced(page, {second.first: "$ x\nw"}) == page.replace("  $ x \\\n  y\n  z", "  $ x\n  w")


def test_a_wrong_output_is_seen_and_set_right(scratch: Scratch) -> None:
    block = blocks("```console\n$ echo a\nb\n$ false-is-not-run\n```")[0]
    with pytest.raises(AssertionError, match=r"prints\s+a"):
        run_block(block, scratch, update=False, where="")
    right = blocks("```console\n$ echo a\nb\n```")[0]
    assert run_block(right, scratch, update=True, where="") == "$ echo a\na"


def test_programs_of_a_line_are_found() -> None:
    assert programs_of("a=$(cat b | sed c) && FOO=1 llmlint x > y; echo 'z | w'") == {"cat", "sed", "llmlint", "echo"}
    assert programs_of("python3 -m venv .venv && .venv/bin/pip install .") == {"python3", ".venv/bin/pip"}


def test_a_program_that_is_not_everywhere_is_not_run(scratch: Scratch) -> None:
    for line in ("terraform apply", "echo a | terraform apply", "echo a; FOO=1 terraform apply"):
        with pytest.raises(AssertionError, match="terraform"):
            scratch.printed(line)


def test_a_run_in_a_shell_and_one_in_here_print_the_same(scratch: Scratch) -> None:
    line = "llmlint examples/bad/seventy-billion.yaml"
    here = scratch.printed(line), scratch.code
    assert (scratch.printed(f"{line} | cat"), scratch.code) == here
    assert scratch.printed("echo $?") == "1\n"
