"""What `suggest` found for a plan, on its page: each change in words, what it buys, and its diff."""

from __future__ import annotations

from llmlint.reports.html.frame import diff
from llmlint.reports.html.markup import Html, joined, tag
from llmlint.suggest import Answer, Suggestion


def changes_card(answer: Answer) -> Html:
    """The suggestions, or why there is none."""
    return tag("section", {"class": "card changes"}, tag("h3", None, "Suggested changes"), *_parts(answer))


def _parts(answer: Answer) -> list[Html]:
    if answer.nothing_to_mend:
        return [tag("p", None, "Nothing to mend: no rule of severity error is broken, as far as the plan is known.")]
    errors = tag(
        "ul", None, (tag("li", None, tag("code", None, one.rule), f": {one.message}") for one in answer.errors)
    )
    found = [errors] if answer.errors else []
    if answer.why:
        return [*found, tag("p", None, f"No suggestion: {answer.why}.")]
    intro = "Each of these was proven by linting the file with it; the cheapest first."
    items = tag("ol", {"class": "suggestions"}, (tag("li", None, _suggestion(one)) for one in answer.suggestions))
    return [*found, tag("p", None, intro), items]


def _suggestion(one: Suggestion) -> Html:
    warnings = f"New warnings: {', '.join(one.warnings)}." if one.warnings else ""
    return joined(
        [
            tag("h4", None, one.title),
            tag("p", None, f"{one.buys}."),
            tag("p", {"class": "meta"}, warnings) if warnings else None,
            tag("details", {"open": True}, tag("summary", None, "The change as a diff"), diff(one.diff)),
        ]
    )
