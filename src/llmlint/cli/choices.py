"""What to say of a word that is none of those expected. Slow path, for typer's side of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import typer

from llmlint.cli.options import Rejected


def not_among(text: str, choices: Sequence[str]) -> str:
    """The complaint, with the choice that was probably meant."""
    from difflib import get_close_matches

    near = get_close_matches(text.lower(), choices, n=1, cutoff=0.5)
    return f"{text!r} is not one of {', '.join(choices)}" + (f"; did you mean {near[0]}?" if near else "")


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser for typer that takes these words and no others."""

    def choice(text: str) -> str:
        if text not in choices:
            raise typer.BadParameter(not_among(text, choices))
        return text

    return choice


def shown(choices: Sequence[str]) -> str:
    """Choices as help shows them."""
    return f"[{'|'.join(choices)}]"


def complaints(rejected: Sequence[Rejected]) -> list[str]:
    """What is wrong with environment variables."""
    return [f"{one.variable}: {not_among(one.text, one.choices)}" for one in rejected]
