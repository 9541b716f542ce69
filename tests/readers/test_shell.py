"""Splitting of shell texts: as `shlex` does it where `shlex` can, and never an exception."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from llmlint.readers import shell

PLAIN = st.text(alphabet="ab-=./\"'\\ \t\n#{}:,;&|()<>é", max_size=60)
ANY = st.text(alphabet="aB_1-='\"\\ \t\r\n#{}()<>;&|$`!~*[]@:é\0", max_size=120)


@given(PLAIN)
def test_splits_like_shlex(text: str) -> None:
    """Continued lines are the one thing that shlex reads otherwise than a shell."""
    assume("\\\n" not in text)
    try:
        expected = shlex.split(text)
    except ValueError:
        expected = None
    found = [token.text for token in shell.words(text)]
    assert expected is None or found == expected


@given(ANY)
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    for tokens in (shell.words(text), [token for command in shell.commands(text) for token in command.tokens]):
        behind = 0
        for token in tokens:
            assert behind <= token.start < token.end <= len(text)
            behind = token.end
            assert all(token.start < item.start <= item.end <= token.end for item in token.items)


SCRIPTS = [
    ("a b; c", [["a", "b"], ["c"]]),
    ("a &&\n b || c | d &", [["a"], ["b"], ["c"], ["d"]]),
    ("a \\\n  --b c\nd", [["a", "--b", "c"], ["d"]]),
    ("a > /dev/null 2>&1; b <<< c", [["a"], ["b"]]),
    ("cat > f <<'EOF'\nvllm serve x\nEOF\nb", [["cat"], ["b"]]),
    ("cat <<-E\n\tvllm\n\tE\nb", [["cat"], ["b"]]),
    ("if [ -f x ]; then a; else b; fi; c", [["[", "-f", "x", "]"], ["a"], ["b"], ["c"]]),
    ("# a\nb # c\nd#e", [["b"], ["d#e"]]),
    ('a \'{"k": 1}\' "$X y" $(nproc --all)', [["a", '{"k": 1}', "$X y", "$(nproc --all)"]]),
    ("a --json={{ .Values.x }}", [["a", "--json={{\N{NO-BREAK SPACE}.Values.x\N{NO-BREAK SPACE}}}"]]),
]


@pytest.mark.parametrize(("text", "expected"), SCRIPTS)
def test_commands_of_a_script(text: str, expected: list[list[str]]) -> None:
    assert [[token.text for token in command.tokens] for command in shell.commands(text)] == expected


def test_an_array_is_one_word_with_items() -> None:
    (command,) = shell.commands("ARGS=(--model a/b\n  # the context\n  --max-model-len '8 192')")
    assert [item.text for item in command.tokens[0].items] == ["--model", "a/b", "--max-model-len", "8 192"]


def test_conditions_are_counted() -> None:
    found = shell.commands("a; if b; then c; for x in 1 2; do d; done; fi; e")
    assert [(command.tokens[0].text, command.depth) for command in found] == [
        ("a", 0), ("b", 1), ("c", 1), ("for", 1), ("d", 2), ("e", 0),
    ]  # fmt: skip
