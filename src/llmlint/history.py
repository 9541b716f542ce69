"""What has changed in a git repository since a revision, and what files held then: git is asked, without a shell.

Nothing is checked out and nothing written; git is told to start no other program (monitors, external diffs).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

LONGEST = 1_000
"""Characters of a revision."""
PLAIN = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "core.hooksPath=/dev/null")
OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""Variables with which git runs a hook: the repository is looked for from the file, not from them."""


class NoHistory(Exception):
    """A revision that cannot be compared with; says why."""


class History:
    """One repository since one revision."""

    def __init__(self, root: str, revision: str) -> None:
        self.root = root
        self.revision = revision
        self._commit = _commit(root, revision)
        self._blobs: dict[str, bytes | None] = {}
        self.renamed: dict[str, str] = {}
        """Paths now to paths then."""
        self.changed = self._changed()
        """Paths from the root of changed, new, moved and deleted files, those too that git does not know."""

    def then(self, path: str) -> bytes | None:
        """What a file, by its path now, held at the revision; None where it was not there."""
        path = self.renamed.get(path, path)
        if path not in self._blobs:
            done = _git(self.root, "cat-file", "blob", f"{self._commit}:{path}")
            self._blobs[path] = done.stdout if done.returncode == 0 else None
        return self._blobs[path]

    def names(self, folder: str) -> list[str]:
        """Names in a folder at the revision."""
        done = _git(self.root, "ls-tree", "--name-only", "-z", f"{self._commit}:{folder}")
        return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name] if done.returncode == 0 else []

    def _changed(self) -> frozenset[str]:
        options = ("--name-status", "-z", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
        words = _words(self.root, "diff", *options, self._commit, "--")
        found: set[str] = set()
        while words:
            status = words.pop(0)
            old = words.pop(0)
            found.add(old)
            if status[:1] in "RC":
                new = words.pop(0)
                found.add(new)
                self.renamed[new] = old
        return frozenset(found) | frozenset(_words(self.root, "ls-files", "--others", "--exclude-standard", "-z"))


def _commit(root: str, revision: str) -> str:
    if not revision or revision.startswith("-") or "\0" in revision or len(revision) > LONGEST:
        raise NoHistory("is no revision: write a branch, a tag or a commit")
    done = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if done.returncode:
        if done.stderr.strip():
            raise NoHistory(_last_line(done.stderr))
        raise NoHistory(f"git knows no such revision in {root} (a shallow clone lacks most of them: fetch it)")
    return done.stdout.decode("ascii", "replace").strip()


def _words(root: str, *arguments: str) -> list[str]:
    done = _git(root, *arguments)
    if done.returncode:
        raise NoHistory(_last_line(done.stderr) or f"git {arguments[0]} failed")
    return [os.fsdecode(word) for word in done.stdout.split(b"\0") if word]


def _git(root: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if name not in OF_A_HOOK}
    environment = kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
    command: Sequence[str] = ("git", "-C", root, "--no-pager", *PLAIN, *arguments)
    try:
        return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=environment, check=False)
    except FileNotFoundError:
        raise NoHistory("git is not installed, or not in PATH") from None
    except OSError as error:
        raise NoHistory(f"git cannot be started: {(error.strerror or str(error)).lower()}") from None


def _last_line(told: bytes) -> str:
    lines = told.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
