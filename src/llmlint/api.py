"""The Python API: what `llmlint check` and `llmlint plan` do, as functions of a text or of a path.

A `str` or `bytes` is a text, an `os.PathLike` (pathlib.Path) is a path: which is which never depends on what the disk
holds. Every call has settings and a catalogue of its own, so that calls of different threads share nothing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeAlias

from llmlint.discovery import Unreadable
from llmlint.finding import FileResult, Finding
from llmlint.ledger import Planned, planned
from llmlint.reading import Text, checked, from_here, texts, with_fixes_tried
from llmlint.settings import Checkings, UsageError, checking
from llmlint.wanted import Request

Source: TypeAlias = str | bytes | os.PathLike[str]
"""A text, or the path of a file or folder."""
Name: TypeAlias = str | os.PathLike[str]
"""A path in both forms, where no text is possible."""
NO_NAME = "<text>"


def lint(  # noqa: PLR0913  # an option each
    source: Source,
    *,
    filename: Name | None = None,
    config: Name | None = None,
    isolated: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    rules: Sequence[Name] = (),
    catalogue: Sequence[Name] = (),
    machine: str | None = None,
    today: str | None = None,
    files: bool | None = None,
    remedies: bool = False,
) -> list[Finding]:
    """The findings of a text or a path, in the order of `llmlint check`.

    Args:
        source: A text (`str`, `bytes`), or a path (`pathlib.Path`) of a file or a folder.
        filename: The name that a text is reported under; formats that are known by their name are told by it.
        config: A configuration file in place of the nearest.
        isolated: No configuration file is looked for.
        select: Rules that are checked, in place of the configuration's selection: ids, subjects (`memory/`), `all`.
        ignore: Rules that are left out besides.
        rules: Files and folders of rules of your own.
        catalogue: Files with models, accelerators and machines of your own.
        machine: The machine of deployments whose files name none, such as `aws/g6.12xlarge` or `rtx4090*2 ram=64GB`.
        today: The date (`2026-01-31`) that `until=` in comments is held against; the clock's if not given.
        files: Whether files may be read that the arguments do not name: the nearest configuration, what lies beside a
            manifest, headers of local models. By default those of a path, and none of a text.
        remedies: Whether the smallest changes are looked for; takes up to seconds.

    Raises:
        Error: The request cannot be met: `Unreadable`, `UsageError`, `InvalidConfig`, `InvalidRule`,
            `UnusableCatalogue`. What is wrong with a deployment is never raised, it is a finding.
    """
    results = check(
        source, filename=filename, config=config, isolated=isolated, select=select, ignore=ignore, rules=rules,
        catalogue=catalogue, machine=machine, today=today, files=files, remedies=remedies,
    )  # fmt: skip
    return [finding for result in results for finding in result.findings]


def check(  # noqa: PLR0913  # an option each
    source: Source,
    *,
    filename: Name | None = None,
    config: Name | None = None,
    isolated: bool = False,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    rules: Sequence[Name] = (),
    catalogue: Sequence[Name] = (),
    machine: str | None = None,
    today: str | None = None,
    files: bool | None = None,
    remedies: bool = False,
) -> list[FileResult]:
    """Findings and all else that a run has to say, file by file: one result for a text or a file.

    Beside its findings a result says which rules could not be decided (`not_checked`), how many findings comments took
    back (`suppressed`), and why nothing was linted where nothing was (`passed_over`). Arguments and errors as for
    `lint`.
    """
    request = _request(config, isolated, select, ignore, rules, catalogue, machine, today)
    results = []
    for text in _texts(source, request, filename, files):
        result = with_fixes_tried(checked(text, named=text.named), text, named=text.named)
        results.append(_helped(result, text) if remedies else result)
    return results


def plan(  # noqa: PLR0913  # an option each
    source: Source,
    *,
    filename: Name | None = None,
    config: Name | None = None,
    isolated: bool = False,
    catalogue: Sequence[Name] = (),
    machine: str | None = None,
    files: bool | None = None,
) -> Planned:
    """What each deployment of a text or a path needs, item by item, against what its machine has.

    `plans` are the entries of `llmlint plan --format json` (schemas/plan.json), `findings` what keeps a deployment from
    being read, `passed_over` why nothing was recognised. Arguments and errors as for `lint`.
    """
    request = _request(config, isolated, (), (), (), catalogue, machine, None)
    found = [_planned(text) for text in _texts(source, request, filename, files)]
    plans = tuple(entry for one in found for entry in one.plans)
    findings = tuple(finding for one in found for finding in one.findings)
    reasons = {one.passed_over for one in found}
    nothing = "; ".join(sorted(filter(None, reasons))) or "no file was found"
    return Planned(plans, findings, "" if plans or findings else nothing)


def _planned(text: Text) -> Planned:
    if text.passed_over:
        return Planned((), passed_over=text.passed_over)
    return planned(text.data, text.path, text.checking.settings, named=text.named)


def _request(  # noqa: PLR0913, PLR0917  # an option each
    config: Name | None,
    isolated: bool,
    select: Sequence[str],
    ignore: Sequence[str],
    rules: Sequence[Name],
    catalogue: Sequence[Name],
    machine: str | None,
    today: str | None,
) -> Request:
    for option, value in (("select", select), ("ignore", ignore), ("rules", rules), ("catalogue", catalogue)):
        if isinstance(value, str):
            raise UsageError(f"{value!r} is one text, where a list of them is meant", option)
    return Request(
        select=tuple(select),
        ignore=tuple(ignore),
        rules=tuple(os.fspath(path) for path in rules),
        catalogue=tuple(os.fspath(path) for path in catalogue),
        machine=machine,
        config=None if config is None else os.fspath(config),
        isolated=isolated,
        today=today,
    )


def _texts(source: Source, request: Request, filename: Name | None, files: bool | None) -> list[Text]:
    """What is to be looked at, each with its settings; raises what cannot be read."""
    if isinstance(source, (str, bytes)):
        return [_text(source, request, NO_NAME if filename is None else os.fspath(filename), files or False)]
    if filename is not None:
        raise UsageError("a path has its own name: give one for a text", "filename")
    path = os.fspath(source)
    if not isinstance(path, str):
        raise UsageError("a path of bytes: give one of str (os.fsdecode)", "source")
    reads_files = files is None or files
    found = list(texts(request._replace(paths=(_as_path(path),), isolated=request.isolated or not reads_files)))
    unreadable = next((text for text in found if text.unreadable), None)
    if unreadable is not None:
        raise Unreadable(f"{unreadable.path}: {unreadable.unreadable}")
    if reads_files:
        return found
    alone = checking(request, request.config, reads_files=False)
    return [text._replace(checking=alone.beside(text.path)) for text in found]


def _as_path(path: str) -> str:
    """A path that is no glob, and not the word for standard input."""
    return os.path.join(os.curdir, path) if path == "-" else path


def _text(source: str | bytes, request: Request, name: str, files: bool) -> Text:
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    settled = Checkings(request).of(name) if files else checking(request, request.config, reads_files=False)
    return Text(name, True, settled.beside(name), data)


def _helped(result: FileResult, text: Text) -> FileResult:
    """The result with the smallest changes for its findings."""
    from llmlint.suggest.findings import Remedies

    shown = from_here(text.path) if os.path.exists(text.path) else text.path
    return Remedies().found(result, text.data, text.checking.settings, named=text.named, shown=shown)
