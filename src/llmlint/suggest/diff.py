"""A change of a file as a unified diff that `git apply` and `patch -p1` take."""

from __future__ import annotations

import os
import re


def unified(before: str, after: str, file: str) -> str:
    """The diff; lines end where the file ends them, at a line feed."""
    from difflib import unified_diff

    lines = []
    for line in unified_diff(_lines(before), _lines(after), "a", "b"):
        lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    plain = os.path.normpath(file).replace(os.sep, "/").lstrip("/")
    old, new = _name(f"a/{plain}"), _name(f"b/{plain}")
    return "".join([f"--- {old}\n", f"+++ {new}\n", *lines[2:]])


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _name(path: str) -> str:
    """A name as git writes it: in quotes where it holds what would end it, a tab behind it where it holds blanks."""
    if re.search(r'["\\\x00-\x1f\x7f]', path):
        shown = re.sub(r'["\\]', lambda found: "\\" + found[0], path)
        return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\{ord(found[0]):03o}", shown) + '"'
    return f"{path}\t" if " " in path else path
