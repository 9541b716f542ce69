"""The page around a report: one file with its style inside, no script, and a policy that lets nothing else in."""

from __future__ import annotations

import os
from base64 import b64encode
from functools import cache

from llmlint.reports.html.markup import Html, tag
from llmlint.version import __version__

STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "style.css")


def page(title: str, header: Html, main: Html) -> Html:
    """The whole document. It names no other file and no address, and holds no date: the same report, the same bytes."""
    style = stylesheet()
    head = tag(
        "head",
        None,
        tag("meta", {"charset": "utf-8"}),
        tag("meta", {"http-equiv": "Content-Security-Policy", "content": policy(style)}),
        tag("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        tag("meta", {"name": "color-scheme", "content": "light dark"}),
        tag("meta", {"name": "generator", "content": f"llmlint {__version__}"}),
        tag("title", None, title),
        Html(f"<style>{style}</style>"),
    )
    skip = tag("a", {"class": "skip", "href": "#report"}, "Skip to the report")
    body = tag(
        "body",
        None,
        skip,
        tag("header", {"class": "page-head"}, header),
        tag("main", {"id": "report", "tabindex": "-1"}, main),
        tag("footer", {"class": "page-foot"}, tag("p", None, f"Made by llmlint {__version__}.")),
    )
    return Html(f'<!DOCTYPE html>\n<html lang="en">\n{head}\n{body}\n</html>\n')


def policy(style: str) -> str:
    """What a browser may load for the page: its own style, known by its hash, and nothing else."""
    from hashlib import sha256

    digest = b64encode(sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def stylesheet() -> str:
    """The style of reports, without what only its authors need."""
    with open(STYLE, encoding="utf-8", newline="\n") as file:
        return file.read()
