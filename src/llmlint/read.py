"""Reads a file into plans: deployments of the native format, and manifests of every other by their readers."""

from __future__ import annotations

from llmlint import document
from llmlint.finding import Finding, Problem
from llmlint.plans import MOST_DEPLOYMENTS, Plan
from llmlint.readers import native
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmlint.binding import Bindings
    from llmlint.document import Document, Source
    from llmlint.readers.registry import Surroundings

NATIVE = "native"


class Around(NamedTuple):
    """What a run knows beside the file that it reads."""

    surroundings: Surroundings | None = None
    """Other files that a manifest may ask for."""
    bindings: Bindings | None = None
    """Machines for deployments whose files name none."""


NOTHING_AROUND = Around()


class Plans(NamedTuple):
    """What was read of one file."""

    source: Source
    plans: list[Plan]
    findings: list[Finding]
    """About the file itself: syntax and schema."""
    recognised: int
    """Documents that are deployments, those that do not fit the schema included."""
    passed_over: str
    """Why nothing was recognised; empty where something was."""
    formats: tuple[str, ...] = ()
    """Of the documents: native, or the titles of manifests' formats."""


def read_plans(data: bytes, file: str, *, named: bool = True, around: Around = NOTHING_AROUND) -> Plans:
    """The plans in a file's bytes, with the machines that are named for them, and what is wrong with the file itself.

    `named`: the user asked for it.
    """
    read = _read(data, file, named, around)
    if not read.plans or (around.bindings is None and "machine=" not in read.source.text):
        return read
    from llmlint.binding import Bindings, bind

    plans, problems = bind(read.plans, read.source, around.bindings or Bindings())
    findings = [Finding("machine-unreadable", "error", one.message, file, one.span, help=one.help) for one in problems]
    return read._replace(plans=plans, findings=[*read.findings, *findings])


def _read(data: bytes, file: str, named: bool, around: Around) -> Plans:
    if not named and b"model" not in data and not _is_worth_parsing(data, file):
        return Plans(document.Source(), [], [], 0, "not a deployment" if data.strip() else "empty")
    source = document.read(data)
    modeline = native.has_modeline(source.text)
    own = [one for one in source.documents if modeline or native.recognises(one)]
    if not own:
        from llmlint.manifests import manifests

        found = manifests(source, data, file, named=named, surroundings=around.surroundings)
        if found is not None:
            return found
    meant = source.documents if named else own
    if source.problems and not (named or meant or native.resembles(source.text)):
        return Plans(source, [], [], 0, "not YAML")
    if not meant and not source.problems:
        return Plans(source, [], [], 0, "not a deployment" if source.documents else "empty")
    return _native(source, meant, file)


def _is_worth_parsing(data: bytes, file: str) -> bool:
    """Whether a file may be a manifest of ours: most of a repository's are somebody else's. UTF-16 is not judged."""
    from llmlint.readers.registry import is_named_by_format, mentions_engine

    return b"\0" in data[:64] or mentions_engine(data) or is_named_by_format(file, data)


def _native(source: Source, meant: Sequence[Document], file: str) -> Plans:
    findings = [syntax(problem, file) for problem in source.problems]
    faults = {problem.span for problem in source.problems}
    plans = []
    for one in meant[:MOST_DEPLOYMENTS]:
        plan = native.read(one)
        if plan is None:  # what is no value at all is not a wrong one besides
            findings += [finding for finding in _schema(one, file) if finding.span not in faults]
        else:
            plans.append(plan)
    if len(meant) > MOST_DEPLOYMENTS:
        findings.append(_too_many(meant, file))
    return Plans(source, plans, findings, len(meant), "", (NATIVE,) * len(plans))


def syntax(problem: Problem, file: str) -> Finding:
    """A fault of the text as a finding."""
    return Finding("syntax", "error", problem.message, file, problem.span, help=problem.help)


def _schema(one: Document, file: str) -> list[Finding]:
    from llmlint.mistakes import mistakes

    if native.is_too_large(one.data):
        message = f"holds more than {native.MOST_VALUES} values, and is not checked: no deployment needs so many"
        return [Finding("schema", "error", message, file, one.key_span(()), one.index)]
    findings = []
    for mistake in mistakes(native.SCHEMA, one.data):
        span = one.key_span(mistake.path) if mistake.at_key else one.value_span(mistake.path)
        findings.append(
            Finding("schema", "error", mistake.message, file, span, one.index, mistake.path, help=mistake.help)
        )
    return sorted(findings, key=lambda found: found.span)


def _too_many(meant: Sequence[Document], file: str) -> Finding:
    first = meant[MOST_DEPLOYMENTS]
    message = f"the file holds {len(meant)} deployments; this one and those after it are not checked"
    remedy = f"put at most {MOST_DEPLOYMENTS} in a file"
    return Finding("schema", "error", message, file, first.key_span(()), first.index, help=remedy)
