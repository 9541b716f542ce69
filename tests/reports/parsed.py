"""Pages parsed back, for the tests: elements with their attributes and texts, and what no page of ours may hold."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "hr", "link"}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "article", "h1",
    "h2", "h3", "h4", "p", "ul", "ol", "li", "dl", "dt", "dd", "div", "span", "a", "code", "mark", "strong", "details",
    "summary", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "fieldset", "legend", "label", "input",
    "svg", "rect", "line", "circle", "text", "defs", "pattern",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "tabindex", "type", "checked", "open",
    "scope", "colspan", "role", "aria-label", "aria-labelledby", "aria-hidden", "x", "y", "width", "height", "x1", "x2",
    "y1", "y2", "cx", "cy", "r", "dx", "dy", "text-anchor", "overflow", "patternunits",
}  # fmt: skip


class Node:
    """An element; `parts` are texts and elements in order."""

    def __init__(self, tag: str, attributes: dict[str, str | None]) -> None:
        self.tag, self.attributes = tag, attributes
        self.parts: list[Node | str] = []

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def all(self, tag: str = "", kind: str = "") -> Iterator[Node]:
        """Descendants of a tag and a class."""
        for part in self.parts:
            if isinstance(part, Node):
                classes = (part.attributes.get("class") or "").split()
                if tag in ("", part.tag) and (not kind or kind in classes):
                    yield part
                yield from part.all(tag, kind)

    def one(self, tag: str = "", kind: str = "") -> Node:
        (found,) = self.all(tag, kind)
        return found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        node = Node(tag, dict(attrs))
        self.open[-1].parts.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def parsed(page: str) -> Node:
    """The page, which must hold nothing but what we write, and nothing that is loaded or run."""
    parser = _Parser()
    parser.feed(page)
    parser.close()
    assert parser.open == [parser.root], [node.tag for node in parser.open]
    assert page.startswith("<!DOCTYPE html>\n")
    _check(parser.root)
    return parser.root


def fragment(markup: str) -> Node:
    """A piece of a page, of which the same holds; names may lead out of it."""
    parser = _Parser()
    parser.feed(markup)
    parser.close()
    assert parser.open == [parser.root], [node.tag for node in parser.open]
    nodes = list(parser.root.all())
    assert {node.tag for node in nodes} <= TAGS
    assert {name for node in nodes for name in node.attributes} <= ATTRIBUTES
    assert all((node.attributes.get("href") or "#").startswith("#") for node in nodes)
    return parser.root


def _check(root: Node) -> None:
    nodes = list(root.all())
    assert {node.tag for node in nodes} <= TAGS
    assert {name for node in nodes for name in node.attributes} <= ATTRIBUTES
    links = [node.attributes["href"] or "" for node in nodes if "href" in node.attributes]
    names = [node.attributes["id"] for node in nodes if "id" in node.attributes]
    assert len(set(names)) == len(names)
    named = [node.attributes["aria-labelledby"] for node in nodes if "aria-labelledby" in node.attributes]
    assert {link.removeprefix("#") for link in links} | set(named) <= set(names)
    assert all(link.startswith("#") for link in links)
    style = root.one("style").text
    assert "@import" not in style
    assert style.count("url(") == style.count("url(#over)")
    (policy,) = [node.attributes["content"] or "" for node in nodes if "http-equiv" in node.attributes]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
