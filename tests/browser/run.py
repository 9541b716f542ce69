"""Drives the pages in headless Chromium: what they show, keys, sharing, screenshots, and accessibility by axe-core.

    python tests/browser/run.py                 2 where Chromium or Node.js is not there
    python tests/browser/run.py --if-present    says so, and 0

Debian has Chromium as the package `chromium`; playwright-core and axe-core are fetched by npm into the work folder,
beside the screenshots. None of it is kept in the repository.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
MODULES = ("playwright-core@1.65.1", "axe-core@4.14.1")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ABSENT = 2
LLMLINT = (sys.executable, "-m", "llmlint")
EXAMPLES = {
    "findings": ("--format", "html", "--isolated", "examples/bad", "examples/good"),
    "clean": ("--format", "html", "--isolated", "examples/good/two-cards.yaml"),
    "plan": ("plan", "--format", "html", "--isolated", "examples/good/two-cards.yaml"),
    "plans": ("plan", "--format", "html", "--isolated", "examples/bad", "examples/good"),
}


def main() -> int:
    """0 where every check holds, 1 where one does not, 2 where they cannot be made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--if-present", action="store_true", help="0 where there is no browser")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / f"llmlint-browser-{os.getuid()}")
    given = parser.parse_args()
    browser = os.environ.get("LLMLINT_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    programs = {"Chromium": browser, "node": shutil.which("node"), "npm": shutil.which("npm")}
    missing = [name for name, found in programs.items() if not found]
    if missing:
        print(f"browser tests not run: {', '.join(missing)} not found")
        return 0 if given.if_present else ABSENT
    work = given.work.resolve()
    for folder in ("modules", "pages", "shots"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    _fetch(work / "modules")
    for name, words in EXAMPLES.items():
        _page(work / "pages" / f"{name}.html", words)
    with _server() as address:
        settings = {"chromium": browser, "modules": str(work / "modules"), "shots": str(work / "shots"),
                    "pages": str(work / "pages"), "names": list(EXAMPLES), "address": address}  # fmt: skip
        done = subprocess.run(["node", str(HERE / "drive.mjs"), json.dumps(settings)], check=False)
    print(f"screenshots: {work / 'shots'}")
    return 1 if done.returncode else 0


def _fetch(folder: Path) -> None:
    wanted = folder / "wanted.txt"
    if not wanted.exists() or wanted.read_text() != " ".join(MODULES):
        (folder / "package.json").write_text("{}")
        words = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--silent", *MODULES]
        subprocess.run(words, cwd=folder, check=True)
        wanted.write_text(" ".join(MODULES))


def _page(path: Path, words: tuple[str, ...]) -> None:
    done = subprocess.run([*LLMLINT, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        raise SystemExit(f"llmlint {' '.join(words)}: {done.returncode}: {done.stderr}")
    path.write_text(done.stdout, encoding="utf-8")


@contextmanager
def _server() -> Iterator[str]:
    """A playground of its own; it has to end in order when it is told to."""
    words = [*LLMLINT, "serve", "--port", "0"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        try:
            yield line.split("playground: ")[1].split(" ")[0]
        finally:
            server.send_signal(signal.SIGINT)
            code = server.wait(timeout=20)
        if code:
            raise SystemExit(f"llmlint serve ended with {code} after Ctrl-C")


if __name__ == "__main__":
    sys.exit(main())
