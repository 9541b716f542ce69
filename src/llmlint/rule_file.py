"""Reads a rule from its YAML file and checks it completely: facts, expressions, places, examples. Slow path only."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from llmlint import document
from llmlint.compiled.shapes import SHAPES
from llmlint.expression import Expression, InvalidExpression, Kind, parse, placeholders
from llmlint.facts.registry import FactEntry, registry, shown_name
from llmlint.finding import Error, Path, Problem, Span
from llmlint.mistakes import mistakes
from llmlint.passing import function, passing
from llmlint.rule import Condition, Parameter, Rule, RuleEdit, Template
from llmlint.tokens import KEYWORDS, PLAIN, SIZE
from llmlint.tuples import NamedTuple
from llmlint.written import OneOrMany, Part, Settings, Text

MOST_BYTES = 64_000
"""Of a file that holds a rule; the longest that is built in has 5,111."""
LongText = Annotated[str, Field(min_length=1, max_length=10_000)]
RuleId = Annotated[str, Field(pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$", min_length=3, max_length=80)]


class Examples(Part):
    """Literal deployments that are the rule's tests."""

    passing: list[LongText] = Field(alias="pass", min_length=1)
    """Deployments on which the rule is silent."""
    failing: list[LongText] = Field(alias="fail", min_length=1)
    """Deployments on which it speaks; the line is marked with a comment that holds the rule's id."""


class EditPart(Part):
    """The change of the file that mends the fault, one or more of these. A path begins with `place`, `container`,
    `pod`, `object`, `service`, `compose`, `document`, `documents` or `deployment`; what a file's format does not have
    is passed over there.
    """

    safe: bool
    """Whether it keeps what the author meant; others are made with --unsafe-fixes only."""
    unsafe_where: Text | None = None
    """A flag: where it holds or is unknown, a fix that is safe elsewhere is not."""
    replace: Text | None = None
    """The word or value at the place becomes this: `{place.replacement}`."""
    rename: Text | None = None
    """The option, variable or key at the place gets this name; one that is empty takes it away, with its values."""
    remove: Annotated[list[Text], OneOrMany()] | None = None
    """What is taken away: `place`, or paths."""
    set: Settings | None = None
    """Paths and the values that they get."""
    append: Settings | None = None
    """Paths of lists, and the item that each gets."""
    exchange: Settings | None = None
    """Paths of keys, and the key with its value that takes the place of each."""


Plain = Annotated[bool | int | float | Text, Field(union_mode="left_to_right")]
"""A figure as it is written; `parameters.py` understands it."""


class ParameterPart(Part):
    """A figure of the rule that a configuration may change."""

    default: Plain | dict[str, Plain]
    """A number with its unit (32 GB, 90 s, 1.2), a share (10 %), a text, true or false; with `by`, a mapping."""
    what: Text
    """What it is, in a line."""
    by: Text | None = None
    """A fact of few values that the figure depends on: machine.tier."""
    least: int | float | Text | None = None
    """The least that a configuration may set."""
    most: int | float | Text | None = None
    """The most that it may set."""


class RuleFile(Part):
    """One check of deployments: a condition over facts, what to say where it does not hold, and examples as tests."""

    extensions: ClassVar[bool] = True

    id: RuleId
    """The file's name: small letters and dashes, naming the fault."""
    aliases: Annotated[list[RuleId], Field(max_length=20)] | None = None
    """Other names that it is found and selected by."""
    severity: Literal["error", "warning", "info"]
    """How much it matters. What differs in weight is two rules."""
    summary: Text
    """The fault in one line."""
    parameters: Annotated[dict[str, ParameterPart], Field(max_length=20)] | None = None
    """Figures that conditions and messages name, and that a configuration may change."""
    when: Text | None = None
    """Whom the rule concerns: a condition; every deployment if not written."""
    require: Text
    """What must hold: a condition."""
    at: Annotated[list[Text], OneOrMany()] | None = None
    """Key of the deployment that the finding points at; of several, the first that is written."""
    each: Text | None = None
    """A fact that lists places; one finding for each, in place of `at`."""
    message: Text
    """What is said, with facts in braces."""
    label: Text | None = None
    """What stands beside the caret."""
    notes: Annotated[list[Text], OneOrMany(), Field(max_length=10)] | None = None
    """The arithmetic, a line each."""
    why: LongText
    """Why it matters."""
    fix: LongText
    """What to do about it."""
    remedy: Literal["suggested"] | None = None
    """`suggested`: the help is the smallest change with which the plan passes, found as `llmlint suggest` finds it, and
    `fix` where there is none. Of use to rules of severity error."""
    edit: EditPart | None = None
    """How llmlint itself mends it."""
    references: list[Text] | None = None
    """Where the rule's figures come from."""
    since: Text
    """The version that it first appeared in."""
    examples: Examples
    """Its tests."""


_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,39}")


def taken(parameter: Parameter) -> str:
    """The kind of what is asked with a parameter, as `FactEntry.takes` has it."""
    if isinstance(parameter.gives, str):
        return parameter.gives
    kind = {SIZE: "size", PLAIN: "number"}.get(parameter.gives, "")
    return f"{kind}s by fact" if kind and parameter.by else kind


class InvalidRule(Error):
    """A rule file that cannot be used, with every problem at its place."""

    def __init__(self, file: str, problems: list[Problem], text: str = "") -> None:
        super().__init__(f"{file}: {problems[0].message}")
        self.file = file
        self.problems = problems
        self.text = text


class Loaded(NamedTuple):
    """A rule to run, and its file as data for documentation and examples."""

    rule: Rule
    file: str
    data: dict[str, object]
    sources: dict[str, str]
    """Generated source of the functions, by `when`, `require` and `passes`."""
    id_span: Span
    """Where the id is written."""


def load_rule(path: str, facts: dict[str, FactEntry] | None = None) -> Loaded:
    """The rule of one file; raises `InvalidRule`, or `OSError` where the file cannot be read."""
    if not os.path.isfile(path) and os.path.exists(path):
        raise OSError("not a regular file")  # a pipe would be waited for
    with open(path, "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        problem = Problem(f"has more than {MOST_BYTES:,} bytes, which no rule needs", Span(1, 1, 1, 2))
        raise InvalidRule(path, [problem])
    return read_rule(data, path, facts)


def read_rule(data: bytes, path: str, facts: dict[str, FactEntry] | None = None) -> Loaded:
    """The rule in a file's bytes; raises `InvalidRule`."""
    source = document.read(data)
    if source.problems:
        raise InvalidRule(path, source.problems, source.text)
    if len(source.documents) != 1:
        problem = Problem("a rule file holds one rule", Span(1, 1, 1, 2), "put each rule in a file of its own")
        raise InvalidRule(path, [problem], source.text)
    return _RuleReader(source.documents[0], path, facts or registry(), source.text).loaded()


class _RuleReader:
    """Turns one document into a rule, collecting problems as it goes."""

    def __init__(self, written: document.Document, path: str, facts: dict[str, FactEntry], text: str) -> None:
        self.written = written
        self.path = path
        self.facts = facts
        self.kinds = {name: entry.kind for name, entry in facts.items() if entry.kind is not None}
        self.text = text
        self.parameters: dict[str, Parameter] = {}
        self.problems: list[Problem] = []
        self.sources: dict[str, str] = {}
        self.expressions: dict[str, Expression] = {}

    def loaded(self) -> Loaded:
        """The rule, or `InvalidRule` with all problems."""
        data = self.written.data
        for mistake in mistakes("rule", data):
            span = self._span(mistake.path, mistake.at_key)
            self.problems.append(Problem(mistake.message, span, mistake.help))
        self._stop()
        assert isinstance(data, dict)
        self._check_id(data["id"])
        rule = self._rule(data)
        self._stop()
        return Loaded(rule, self.path, data, self.sources, self._span(("id",)))

    def _stop(self) -> None:
        if self.problems:
            raise InvalidRule(self.path, self.problems, self.text)

    def _span(self, path: Path, at_key: bool = False) -> Span:
        return self.written.key_span(path) if at_key else self.written.value_span(path)

    def _check_id(self, written: str) -> None:
        name = os.path.basename(self.path).removesuffix(".yaml").removesuffix(".yml")
        if written != name:
            self.problems.append(
                Problem(
                    f"the id {written!r} is not the file's name", self._span(("id",)), f"call the file {written}.yaml"
                )
            )

    def _rule(self, data: dict[str, object]) -> Rule:
        self._read_parameters(data.get("parameters") or {})
        when = self._condition("when") if data.get("when") is not None else None
        require = self._condition("require")
        each = str(data.get("each") or "")
        if bool(each) == (data.get("at") is not None):
            self.problems.append(
                Problem("a rule points with `at`, or with `each`, one of them", self._span(("id",), True))
            )
        return Rule(
            id=str(data["id"]),
            aliases=tuple(str(name) for name in data.get("aliases") or ()),  # type: ignore[attr-defined]
            severity=data["severity"],  # type: ignore[arg-type]
            subject=os.path.basename(os.path.dirname(os.path.abspath(self.path))),
            summary=str(data["summary"]),
            when=when,
            require=require or Condition((), lambda: True, ""),
            at=tuple(self._place(path) for path in self._texts("at")),
            each=self._places(each) if each else "",
            message=self._template(("message",), bool(each)),
            label=self._template(("label",), bool(each)) if data.get("label") else (),
            notes=tuple(self._template(path, bool(each)) for path in self._texts("notes")),
            fix=self._template(("fix",), bool(each)),
            suggested=data.get("remedy") == "suggested",
            edit=self._edit(data["edit"]) if data.get("edit") else None,
            parameters=tuple(self.parameters.values()),
            passes=self._passes(),
        )

    def _passes(self) -> Callable[..., bool]:
        """The short form of the conditions; those that cannot be read are problems already."""
        if "require" not in self.expressions:
            return lambda _: False
        self.sources["passes"] = passing(self.expressions.get("when"), self.expressions["require"])
        return function(self.sources["passes"])

    def _read_parameters(self, written: object) -> None:
        from llmlint.parameters import NotAFigure, declared

        assert isinstance(written, dict)
        for name, data in written.items():
            place: Path = ("parameters", name)
            if not _PARAMETER.fullmatch(name) or name in KEYWORDS or name == "place":
                message = "a parameter's name is small letters, digits and _, and no word of the conditions"
                self.problems.append(Problem(message, self._span(place, True)))
                continue
            by = str(data.get("by") or "")
            if by and not (by in self.kinds and self.kinds[by].choices):
                message = f"{by} is not a fact of few values"
                known = ", ".join(fact for fact, kind in self.kinds.items() if kind.choices)
                self.problems.append(Problem(message, self._span((*place, "by")), f"known: {known}"))
                continue
            try:
                self.parameters[name] = declared(name, data, self.kinds[by].choices if by else ())
            except NotAFigure as problem:
                self.problems.append(Problem(str(problem), self._span((*place, "default"))))

    def _in_messages(self) -> dict[str, Kind]:
        """What messages may name beside facts: parameters, and what is asked with them."""
        found = dict.fromkeys(self.parameters, Kind("text"))
        for entry in self.facts.values():
            for one in self.parameters.values():
                if entry.takes == taken(one):
                    found[f"{entry.name}({one.name})"] = Kind("text")
        return found

    def _edit(self, data: object) -> RuleEdit | None:
        from llmlint.rule_edit import InvalidEdit, rule_edit

        try:
            return rule_edit(data, self.kinds)
        except InvalidEdit as problem:
            self.problems.append(Problem(str(problem), self._span(("edit", *problem.path)), problem.help))
            return None

    def _texts(self, key: str) -> list[Path]:
        """Paths of the texts under a key that takes one or several."""
        assert isinstance(self.written.data, dict)
        value = self.written.data.get(key)
        if value is None:
            return []
        return [(key, index) for index in range(len(value))] if isinstance(value, list) else [(key,)]

    def _value(self, path: Path) -> str:
        value: object = self.written.data
        for part in path:
            value = value[part]  # type: ignore[index]
        return str(value)

    def _condition(self, key: str) -> Condition | None:
        from llmlint.parameters import given

        text = self._value((key,))
        parameters = {name: given(one) for name, one in self.parameters.items()}
        try:
            expression = parse(text, self.kinds, parameters)
        except InvalidExpression as problem:
            self._expression_problem((key,), text, problem)
            return None
        self.sources[key] = expression.source
        self.expressions[key] = expression
        return Condition(expression.facts, expression.function(), text)

    def _template(self, path: Path, has_place: bool) -> Template:
        text = self._value(path)
        kinds = self.kinds | self._in_messages() | ({"place": Kind("text")} if has_place else {})
        try:
            pieces = placeholders(text, kinds)
        except InvalidExpression as problem:
            self._expression_problem(path, text, problem)
            return ()
        return tuple((literal, name or "", self._shown(name)) for literal, name in pieces)

    def _shown(self, name: str | None) -> str:
        asked = (name or "").partition("(")[0]
        return self.facts[asked].shown if asked in self.facts else ""

    def _expression_problem(self, path: Path, text: str, problem: InvalidExpression) -> None:
        """At the column inside the scalar where it stands plain on one line; else the scalar, with a caret in words."""
        span = self._span(path)
        line = self.text.splitlines()[span.line - 1] if span.line == span.end_line else ""
        if line[span.column - 1 : span.end_column - 1] == text:
            column = span.column + problem.column - 1
            span = Span(span.line, column, span.line, max(column + 1, min(span.end_column, column + 1)))
            self.problems.append(Problem(problem.message, span))
        else:
            self.problems.append(Problem(f"column {problem.column} of the text: {problem.message}", span))

    def _place(self, path: Path) -> Path:
        """The deployment path that `at` names; its parts must be fields of the deployment."""
        parts = tuple(self._value(path).split("."))
        record = "Deployment"
        for part in parts:
            fields = SHAPES[record][1] if record else {}
            if part not in fields:
                known = ", ".join(fields) or "nothing"
                self.problems.append(
                    Problem(f"the deployment has no key {'.'.join(parts)}", self._span(path), f"known: {known}")
                )
                return ()
            shape = fields[part][0]
            record = shape[1] if shape[0] == "record" else ""
        return parts

    def _places(self, name: str) -> str:
        entry = self.facts.get(name.partition("(")[0])
        if entry is None or entry.shown != "places" or (entry.takes and name not in self._in_messages()):
            known = ", ".join(shown_name(entry) for entry in self.facts.values() if entry.shown == "places")
            self.problems.append(
                Problem(f"{name} is not a fact that lists places", self._span(("each",)), f"known: {known}")
            )
        return name
