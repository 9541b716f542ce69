"""Events from ruamel's pure-Python parser, for where its C parser is missing: the same, forty times slower."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from llmlint.document import extension

extension.complete()  # before the imports below: they are of the whole package

from ruamel.yaml.error import MarkedYAMLError  # noqa: E402
from ruamel.yaml.parser import Parser  # noqa: E402
from ruamel.yaml.reader import Reader  # noqa: E402
from ruamel.yaml.scanner import Scanner  # noqa: E402
from ruamel.yaml.tokens import ValueToken  # noqa: E402

from llmlint.document.limits import MAX_DEPTH  # noqa: E402


class TooDeep(MarkedYAMLError):
    """More open brackets than are read, found before the parser looks 1,024 characters ahead at each of them."""


class _Scanner(Scanner):
    """Like libyaml's where the two differ and libyaml is right, or no worse."""

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 – ruamel's name
        if self.flow_level >= MAX_DEPTH:
            raise TooDeep(problem="nested too deeply", problem_mark=self.reader.get_mark())
        super().fetch_flow_collection_start(TokenClass, to_push)

    def scan_to_next_token(self) -> None:
        """Tabs between tokens are white space."""
        peek, forward = self.reader.peek, self.reader.forward
        while True:
            blanks = " \t" if self.flow_level or not self.allow_simple_key else " "
            while peek() in blanks:
                forward()
            if peek() == "#":
                while peek() not in "\0\r\n":
                    forward()
            if not self.scan_line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain_spaces(self, indent: Any, start_mark: Any) -> list[str] | None:
        """White space inside a plain scalar may hold tabs; folded line breaks make a blank, or one break less."""
        blanks = self._scan_blanks(None, start_mark)
        if self.reader.peek() not in "\r\n":
            return [blanks] if blanks else []
        breaks = []
        while self.reader.peek() in "\r\n":
            breaks.append(self.scan_line_break())
            self.allow_simple_key = True
            if self.check_document_start() or self.check_document_end():
                return None
            self._scan_blanks(indent, start_mark)
        return breaks[1:] or [" "]

    def _scan_blanks(self, indent: int | None, start_mark: Any) -> str:
        blanks = ""
        while (character := self.reader.peek()) in " \t":
            if character == "\t" and indent is not None and self.reader.column < indent:
                problem = "found a tab character that violates indentation"
                raise MarkedYAMLError("while scanning a plain scalar", start_mark, problem, self.reader.get_mark())
            blanks += character
            self.reader.forward()
        return blanks

    def scan_directive_name(self, start_mark: Any) -> Any:
        """A line that begins with % is hardly meant as a directive from the future."""
        mark = self.reader.get_mark()
        name = super().scan_directive_name(start_mark)
        if name not in ("YAML", "TAG"):
            raise MarkedYAMLError("while scanning a directive", start_mark, "found unknown directive name", mark)
        return name


class _Parser(Parser):
    def parse_block_mapping_value(self) -> Any:
        """An absent value is right behind its colon, not at the next token."""
        token = self.scanner.peek_token()
        event = super().parse_block_mapping_value()
        if isinstance(token, ValueToken) and event.start_mark is event.end_mark and getattr(event, "value", None) == "":
            event.start_mark = event.end_mark = token.end_mark
        return event


def events(text: str) -> Callable[[], Any]:
    """A function that gives the next event of the text, and None after the last; raises YAMLError and ValueError."""
    loader = SimpleNamespace(
        comment_handling=None,
        processing_version=(1, 2),
        doc_infos=[SimpleNamespace(doc_version=None)],  # where the scanner notes a %YAML directive
        _resolver=SimpleNamespace(processing_version=(1, 2)),
    )
    loader._reader = Reader(text, loader)
    loader._scanner = _Scanner(loader)
    parser = _Parser(loader)

    def next_event() -> Any:
        try:
            return parser.get_event()
        except (AttributeError, IndexError, KeyError, TypeError) as error:  # its own slips on malformed text
            raise MarkedYAMLError(problem=str(error), problem_mark=loader._reader.get_mark()) from error

    return next_event
