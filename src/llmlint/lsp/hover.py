"""Hovers: on a finding why it matters, on a key or value what the plan makes of it, with the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from lsprotocol import types

from llmlint import resources
from llmlint.builtin import BUILT_IN
from llmlint.engines.flag_table import GRAMMARS, table, version_of
from llmlint.facts import Facts
from llmlint.finding import Finding, Path, Span
from llmlint.ledger import ItemEntry, PlanEntry, plan_entry, whose_memory
from llmlint.lsp.analysis import Analysis
from llmlint.lsp.completion import option_text
from llmlint.lsp.diagnostics import known_facts
from llmlint.lsp.schema import schema
from llmlint.quantity import binary_size, count, decimal_size
from llmlint.rule import shown_value

MOST_FACTS = 8
ARGUMENTS = ("engine", "args")
BESIDE_THE_GPU = (("machine", "ram"), ("machine", "storage"), ("machine", "cpu"), ("machine", "psu"))
GROUPS = {
    "model": ("model", "architecture", "estimate"),
    "precision": ("precision", "quantization", "estimate"),
    "workload": ("workload", "context", "kv", "engine", "speed"),
    "engine": ("engine", "context", "parallel", "kv", "share", "speed"),
    "machine": ("machine", "gpu", "vram", "ram", "storage", "cpu", "power", "estimate"),
}
"""Groups of facts that are told of a key, by the part of the deployment that it belongs to; of others all."""


def hover(analysis: Analysis, position: types.Position) -> types.Hover | None:
    """What there is to say of a position; None where nothing is."""
    line, column = analysis.positions.place(position)
    findings = [one for one in analysis.result.findings if _holds(one.span, line, column)]
    parts = [_of_finding(one) for one in findings]
    found = _nearest(analysis, line, column)
    where = analysis.positions.range(findings[0].span) if findings else None
    if found is not None:
        facts, path, span = found
        parts.append(_of_path(analysis, facts, path, span))
        where = analysis.positions.range(span)
    text = "\n\n---\n\n".join(filter(None, parts))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), where) if text else None


def _holds(span: Span, line: int, column: int) -> bool:
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)


def _of_finding(finding: Finding) -> str:
    return f"**{finding.severity}[{finding.rule}]** {_plain(finding.message)}\n\n{why(finding.rule)}".rstrip()


@cache
def why(rule: str) -> str:
    """Why a rule is there, from its own file."""
    if rule in BUILT_IN:
        return BUILT_IN[rule].why
    from llmlint.rule_file import load_rule

    path = next((path for path in resources.rule_files() if path.endswith(f"{rule}.yaml")), None)
    return str(load_rule(path).data["why"]).strip() if path is not None else ""


def _nearest(analysis: Analysis, line: int, column: int) -> tuple[Facts, Path, Span] | None:
    """The value of a deployment that is written at a place, by its path: the innermost."""
    found: list[tuple[tuple[int, int, int], Facts, Path, Span]] = []
    for facts in analysis.facts:
        for path, spans in _places(facts):
            for span in spans:
                if _holds(span, line, column):
                    size = (span.end_line - span.line, span.end_column - span.column, -len(path))
                    found.append((size, facts, path, span))
    if not found:
        return None
    _, facts, path, span = min(found, key=lambda one: one[0])
    return facts, path, span


def _places(facts: Facts) -> Iterator[tuple[Path, Sequence[Span]]]:
    """Every value of a deployment that is written, with the places of its key and value."""
    plan = facts.plan
    if plan.origins is None:
        for path in _paths(plan.document.data):
            yield path, [plan.document.value_span(path), plan.document.key_span(path)]
        return
    for path, spot in plan.origins.items():
        if path and (spot.span is not None or spot.document.holds(spot.path)):
            yield path, [spot.placed().span]


def _paths(data: object, above: Path = ()) -> Iterator[Path]:
    """Paths of a native document, its mappings' keys and lists' items; the document is no larger than is allowed."""
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in steps:
        yield (*above, step)
        yield from _paths(value, (*above, step))


def _of_path(analysis: Analysis, facts: Facts, path: Path, span: Span) -> str:
    """What the plan makes of the value at a path."""
    named = ".".join(str(step) for step in path if not isinstance(step, int))
    lines = [f"**{_plain(named)}**"]
    description = schema("deployment").describe(path)
    if path[:2] == ARGUMENTS:
        description = _option(facts, path, analysis, span)
    lines.append(description)
    entry = plan_entry(facts, analysis.path)
    lines += _arithmetic(entry, path, facts)
    lines += _facts(facts, named)
    return "\n\n".join(filter(None, lines))


def _option(facts: Facts, path: Path, analysis: Analysis, span: Span) -> str:
    """What the engine's own table says of the option that is written there."""
    engine = facts.engine.name or ""
    known = table(engine)
    text = analysis.positions.line(span.line - 1)[span.column - 1 :]
    words = [str(path[2])] if len(path) > 2 and isinstance(path[2], str) else []
    words += text.strip("\"'- ,[").replace("=", " ").split()[:1]
    for word in words if known is not None else ():
        name = word.strip("\"',[]").lstrip("-").split("=")[0].replace("_", "-")
        found = known.options(f"--{name}" if not GRAMMARS[engine].bare else name) if known is not None else []
        if found and known is not None:
            version = version_of(facts.engine.version) if facts.engine.version else None
            option = next((one for one, _ in found if known.alive(one, version)), found[-1][0])
            return f"`{known.written(option.name)}` of {engine}: {option_text(option)}"
    return ""


def _arithmetic(entry: PlanEntry, path: Path, facts: Facts) -> Iterator[str]:
    """The part of the ledger that a value is about."""
    head = path[0]
    if head in ("model", "precision", "engine", "machine", "workload"):
        items = entry["gpu"]["items"]
        wanted = items if head in ("machine", "engine") else [one for one in items if one["name"] in _about(path)]
        if wanted and path[:2] not in BESIDE_THE_GPU:
            yield _table(whose_memory(entry), wanted)
            yield _room(entry) if head in ("machine", "engine") else ""
    if path[:2] == ("machine", "ram") and entry["host"]["items"]:
        yield _table("system memory", entry["host"]["items"])
    if path[:2] == ("machine", "storage") and entry["storage"]["items"]:
        yield _table("storage", entry["storage"]["items"])
    if head == "workload" or path[:2] in (ARGUMENTS, ("precision", "kv_cache")):
        yield _cache(entry)
    if path[:2] not in (("machine", "cpu"), ("machine", "psu")) and head != "name":
        yield f"verdict: **{entry['verdict']}** (method: {entry['method']})"


def _about(path: Path) -> tuple[str, ...]:
    """Items of the ledger that a value decides on."""
    if path[0] == "workload" or path[:2] == ("precision", "kv_cache"):
        return ("kv_cache", "activations")
    return ("weights", "overhead")


def _table(title: str, items: Sequence[ItemEntry]) -> str:
    rows = [f"| {one['name']} | {binary_size(one['bytes'])} | {_plain(one['because'])} |" for one in items]
    return "\n".join([f"| {title} | | |", "|---|---|---|", *rows])


def _room(entry: PlanEntry) -> str:
    needed = sum(item["bytes"] for item in entry["gpu"]["items"])
    room = entry["gpu"]["budget_bytes"] or entry["gpu"]["usable_bytes"]
    return f"{binary_size(needed)} of {binary_size(room) if room is not None else 'an unknown amount'} on each GPU"


def _cache(entry: PlanEntry) -> str:
    cache = entry["kv"]
    if cache is None:
        return ""
    told = []
    if cache["bytes_per_token"] is not None:
        told.append(f"{count(cache['bytes_per_token'])} bytes a token")
    if cache["capacity_tokens"] is not None:
        told.append(f"room for {cache['capacity_tokens']:,} tokens")
    if cache["needed_bytes"] is not None:
        told.append(f"{decimal_size(cache['needed_bytes'])} for context × concurrency")
    if cache["max_context"] is not None:
        told.append(f"the longest request that fits has {cache['max_context']:,} tokens")
    if cache["max_concurrency"] is not None:
        told.append(f"{cache['max_concurrency']:.1f} requests of the context at once")
    return f"KV cache: {', '.join(told)}" if told else ""


def _facts(facts: Facts, named: str) -> Iterator[str]:
    """The facts that a key makes known, with their values."""
    groups = GROUPS.get(named.partition(".")[0], tuple(name.partition(".")[0] for name in known_facts()))
    rows = []
    for name, entry in known_facts().items():
        if (
            name.partition(".")[0] not in groups
            or entry.takes
            or not any(key == named or key.startswith(f"{named}.") for key in entry.keys)
        ):
            continue
        group, _, own = name.partition(".")
        value = getattr(getattr(facts, group), own)
        if value is not None and entry.kind is not None and entry.kind.dimension != "flag":
            first = " ".join(entry.documentation.split()).partition(". ")[0].rstrip(".")
            rows.append(f"- `{name}` {_plain(shown_value(value, entry.shown))}: {first}")
    if rows:
        yield "\n".join(rows[:MOST_FACTS])


def _concerns(keys: Sequence[str], named: str) -> bool:
    """Whether one of the keys is the one that is named, or lies below it."""
    return any(key == named or key.startswith(f"{named}.") for key in keys)


def _plain(text: str) -> str:
    """Text of a file in Markdown without a meaning there: nothing becomes a link, an image or HTML."""
    for character in "\\`*_{}[]<>#|!":
        text = text.replace(character, f"\\{character}")
    return text
