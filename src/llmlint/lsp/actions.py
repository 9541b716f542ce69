"""Code actions: fixes, the smallest changes that mend a plan, and ignores. Each is linted before it is offered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from llmlint.finding import Finding, Fix, Remedy
from llmlint.fix import Fixed, fixed, proven
from llmlint.lsp.analysis import Analysis
from llmlint.lsp.edits import changes
from llmlint.lsp.ignore import ignored
from llmlint.lsp.positions import overlap

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.llmlint"
KINDS: list[types.CodeActionKind | str] = [types.CodeActionKind.QuickFix, FIX_ALL]
LONGEST_TITLE = 100


def actions(analysis: Analysis, uri: str, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What may be done at a range of a document, safe changes first."""
    only = params.context.only
    found = list(_quick(analysis, uri, params.range)) if _asked(types.CodeActionKind.QuickFix.value, only) else []
    if _asked(FIX_ALL, only):
        found += _all(analysis, uri)
    return found


def _asked(kind: str, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    """Whether a kind, or one that it is a part of, is asked for."""
    names = [one.value if isinstance(one, types.CodeActionKind) else one for one in only or ()]
    return only is None or any(not name or kind == name or kind.startswith(f"{name}.") for name in names)


def _quick(analysis: Analysis, uri: str, where: types.Range) -> Iterator[types.CodeAction]:
    here = [one for one in analysis.result.findings if overlap(analysis.positions.range(one.span), where)]
    for finding in here:
        yield from _fix(analysis, uri, finding)
    yield from _smallest(analysis, uri, here)
    for rule in dict.fromkeys(one.rule for one in here):
        finding = next(one for one in here if one.rule == rule)
        after = ignored(analysis, finding)
        if after is not None:
            yield _action(analysis, uri, f"Ignore {rule} here, by a comment", after, [finding])


def _fix(analysis: Analysis, uri: str, finding: Finding) -> Iterator[types.CodeAction]:
    if finding.fix is None:
        return
    after = proven(Fixed(analysis.data, analysis.result), finding, analysis.trial)
    if after is None:
        return
    doubt = "" if finding.fix.safe else " (unsafe: may change what is meant)"
    title = f"Fix {finding.rule}{doubt}: {_made_of(finding.fix, analysis.result.text)}"
    action = _action(analysis, uri, title, after, [finding])
    action.is_preferred = finding.fix.safe
    yield action


def _made_of(fix: Fix, text: str) -> str:
    """What a fix does, by its first edit."""
    edit = fix.edits[0]
    old, new = text[edit.start : edit.end].strip(), edit.text.strip()
    words = f"{old} → {new}" if old and new else f"remove {old}" if old else f"insert {new}"
    return _short(words) + (f" and {len(fix.edits) - 1} more" if len(fix.edits) > 1 else "")


def _smallest(analysis: Analysis, uri: str, here: Sequence[Finding]) -> Iterator[types.CodeAction]:
    """The smallest changes that are found for errors at the place, each once."""
    from llmlint.suggest.findings import Remedies, suggested

    wanted = suggested(here, analysis.checking.settings)
    if not wanted:
        return
    helped = Remedies().found(analysis.result, analysis.data, analysis.checking.settings, named=False)
    places = {(one.rule, one.span, one.document) for one in wanted}
    offered: dict[str, tuple[Remedy, Finding]] = {}
    for finding in helped.findings:
        if (finding.rule, finding.span, finding.document) in places:
            for remedy in finding.remedies:
                offered.setdefault(remedy.after, (remedy, finding))
    for after, (remedy, finding) in offered.items():
        yield _action(analysis, uri, f"Change {_told(remedy)}", after.encode("utf-8", "surrogatepass"), [finding])


def _told(remedy: Remedy) -> str:
    parts = [f"{'.'.join(map(str, edit.path))} to {edit.new}" for edit in remedy.edits]
    words = _short(", ".join(parts))
    return words if not remedy.left else f"{words} ({', '.join(remedy.left)} stays)"


def _all(analysis: Analysis, uri: str) -> Iterator[types.CodeAction]:
    if not any(one.fix is not None and one.fix.safe for one in analysis.result.findings):
        return
    done = fixed(analysis.data, analysis.trial)
    if done.data != analysis.data:
        yield _action(analysis, uri, "Fix all that llmlint can mend safely", done.data, done.fixed, FIX_ALL)


def _action(  # noqa: PLR0913, PLR0917  # all of it is one action
    analysis: Analysis,
    uri: str,
    title: str,
    after: bytes,
    findings: Sequence[Finding],
    kind: types.CodeActionKind | str = types.CodeActionKind.QuickFix,
) -> types.CodeAction:
    from llmlint.lsp.diagnostics import diagnostic

    edits = changes(analysis.positions, after.decode("utf-8", "surrogatepass"))
    concerned = [diagnostic(one, analysis, uri) for one in findings]
    return types.CodeAction(title, kind=kind, diagnostics=concerned, edit=types.WorkspaceEdit(changes={uri: edits}))


def _short(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"
