"""What a finding is recognised by from run to run: the hash of its line as GitHub makes it, and one of its meaning."""

from __future__ import annotations

import hashlib
import sys

from llmlint.finding import Finding, Path

BASE, BITS = 37, (1 << 64) - 1
BLOCK = 100
"""UTF-16 units from the beginning of a line that its hash covers, beyond its end where it is shorter."""
END, LINE_FEED = 65535, 10
UTF_16 = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"


def line_hashes(data: bytes) -> list[str]:
    """For each line of a file its `primaryLocationLineHash`: 64 bits in hexadecimal, and how often they have come up.

    As github/codeql-action computes it (src/fingerprints.ts): blanks do not count, every line end counts as one line
    feed, and the text is closed with a mark and padded with zeros.
    """
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    units = [*memoryview(text.encode(UTF_16)).cast("H"), END, *[0] * BLOCK]
    starts = [0, *(place + 1 for place, unit in enumerate(units) if unit == LINE_FEED)]
    seen: dict[int, int] = {}
    found = []
    for start in starts:
        value = 0
        for unit in units[start : start + BLOCK]:
            value = value * BASE + unit
        value &= BITS
        seen[value] = seen.get(value, 0) + 1
        found.append(f"{value:x}:{seen[value]}")
    return found


def pointer(path: Path) -> str:
    """A path as JSON Pointer (RFC 6901) writes it."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


class Fingerprints:
    """Hashes of rule, file and place in the document, without line and message: they outlive both.

    What is found twice at one place is told apart by its ordinal, so that no two findings of a run share one.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], int] = {}

    def of(self, finding: Finding, place: str) -> str:
        """64 hexadecimal digits; `place` is the file's path in its repository."""
        return self.next(finding.rule, place, str(finding.document), pointer(finding.path))

    def next(self, *parts: str) -> str:
        """The same for what has other parts."""
        count = self._seen[parts] = self._seen.get(parts, 0) + 1
        text = "\0".join((*(f"{len(part)} {part}" for part in parts), str(count)))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
