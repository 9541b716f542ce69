"""Goes through an engine's arguments word by word, as its parser does, and collects values and complaints."""

from __future__ import annotations

from llmlint.catalog.record import Record
from llmlint.engines.flag_table import Option, Table, Version
from llmlint.engines.flag_values import Unreadable, Value, many, read, switch, truth
from llmlint.engines.flag_words import Word, filled, has_placeholder
from llmlint.once import once
from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Place: TypeAlias = "int | str | None"
Kind: TypeAlias = 'Literal["unknown", "removed", "invalid", "missing", "dated"]'
SHOWN = 60
"""Characters of a value that a message quotes."""
EMPTY = "an empty word (a null in a list is one)"


class FlagProblem(Record):
    """What an engine's parser would say against one argument."""

    kind: Kind
    """unknown: no such option; removed: it is gone; invalid: not a value it takes; missing: a value is missing; dated:
    as a release before the newest has it, where none is named."""
    index: Place
    """Where in `engine.args`: index in the list, key of the mapping, None where it is one string."""
    message: str
    suggestion: str = ""
    """What to write instead, with its dashes; empty where nothing is near."""
    spelling: str = ""
    """The option as the file has it, without its value."""
    values: int = 0
    """How many words behind it, in items of their own or all in one string, are its values."""


class Known(NamedTuple):
    """An option found under the spelling of the file."""

    option: Option
    opposite: bool = False


class Reader:
    """The arguments of one deployment: `values` and `problems` grow as they are read."""

    def __init__(self, table: Table, version: Version | None) -> None:
        self.table, self.grammar, self.version = table, table.grammar, version
        self.values: dict[str, Value] = {}
        self.problems: list[FlagProblem] = []
        self.refused: dict[str, str] = {}
        """Values that the option does not take, or that hold a variable, as they are written."""

    def line(self, words: list[Word]) -> None:
        """All the words of a command line."""
        at, stray = 0, 0
        while at < len(words):
            word = words[at]
            if self.is_option(word.text):
                at = self._take(words, at)
                continue
            stray += 1
            if stray > self.grammar.positional and not has_placeholder(word.text):
                self._say("unknown", word.place, _stray(word.text))
            at += 1

    def is_option(self, text: str) -> bool:
        """Whether a word names an option: dashes in front, and no negative number or text with blanks."""
        if self.grammar.bare:
            return True
        return (
            len(text) > 1
            and text[0] == "-"
            and not text[1:2].isdigit()
            and text[1] != "."
            and " " not in text.partition("=")[0]
        )

    def _take(self, words: list[Word], at: int) -> int:
        """Reads the option at a place and its values; the place after them."""
        before, spelling = len(self.problems), words[at].text.partition("=")[0]
        behind = self._take_option(words, at)
        for index, problem in enumerate(self.problems[before:], before):
            self.problems[index] = problem._replace(spelling=spelling, values=self._values(words, at, behind))
        return behind

    @staticmethod
    def _values(words: list[Word], at: int, behind: int) -> int:
        """How many words are the values of the option at a place, those in the same item of a list left out."""
        place = words[at].place
        return sum(1 for word in words[at + 1 : behind] if place is None or word.place != place)

    def _take_option(self, words: list[Word], at: int) -> int:
        spelling, equals, glued = words[at].text.partition("=")
        place, after = words[at].place, at + 1
        known = self.find(spelling, place)
        if known is None and not equals:
            short = self._glued(words[at].text)
            if short is not None:
                self.put(*short, place)
                return after
        following = self._following(words, after, known, bool(equals))
        if known is None:
            self.say_unknown(spelling, place)
            return after if equals else following
        if equals and not self.grammar.equals and not self.grammar.bare:
            self._say("unknown", place, f"{self.grammar.title} reads no {spelling}=…", f"{spelling} {glued[:SHOWN]}")
        given = [glued] if equals else [word.text for word in words[after:following]]
        self.put(known, spelling, given, place)
        return after if equals else following

    def _following(self, words: list[Word], start: int, known: Known | None, equals: bool) -> int:
        """Where the values of an option end that begin at `start`."""
        if equals:
            return start
        if known is not None and switch(known.option):
            return start + (start < len(words) and self._follows_switch(known.option, words[start].text))
        if known is not None and start < len(words) and self._stands_alone(known.option, words[start].text):
            return start
        most = len(words) if known is None or many(known.option) else 2 if known.option.kind == "str2" else 1
        end = start
        while end < min(start + most, len(words)) and self._is_value(words[end].text, known):
            end += 1
        return end

    def _is_value(self, text: str, known: Known | None) -> bool:
        return (self.grammar.greedy and known is not None) or not self.is_option(text)

    def _follows_switch(self, option: Option, text: str) -> bool:
        """Whether a word behind a switch is meant for it: true or false, or what the option takes in other versions."""
        if text.lower() in ("true", "false"):
            return True
        others = (other for other, _ in self.table.options(self._long(option)) if not switch(other))
        return any(text in other.allowed.split("|") for other in others)

    def _stands_alone(self, option: Option, following: str) -> bool:
        """Whether an option in front of another one is that of a version in which it took no value."""
        return self.is_option(following) and any(map(switch, self._others(option)))

    def _others(self, option: Option) -> list[Option]:
        """The option as other versions have it, of those that may be meant; none where the file names one."""
        same = [other for other, _ in self.table.options(self._long(option)) if other != option]
        return [other for other in same if self.version is None or self.table.alive(other, self.version)]

    def _long(self, option: Option) -> str:
        return option.name if self.grammar.bare else f"--{option.name}"

    def find(self, spelling: str, place: Place) -> Known | None:
        """The option that a spelling stands for; complains where it is gone, or spelled as the engine reads it not."""
        spelled = self._spelled(spelling)
        known = self._named(spelled) or self._beginning(spelled) or self._out_of_time(spelled, place)
        right = spelled.replace("_", "-")
        if known is None and right != spelled and not self.grammar.bare:
            known = self._named(right) or self._out_of_time(right, place)
            if known is not None:
                self._say("unknown", place, f"{self.grammar.title} has no option {spelling}", right)
        return known

    def _spelled(self, spelling: str) -> str:
        base = spelling.partition(".")[0] if self.grammar.dotted else spelling
        if self.grammar.bare:
            name = spelling.lstrip("-").replace("-", "_")
            return name.upper() if name.upper() in self.table.text else name.lower()
        return base.replace("_", "-") if self.grammar.underscores and base.startswith("--") else base

    def _named(self, spelled: str) -> Known | None:
        """The option as the version has it."""
        found = self.table.options(spelled)
        if not found and self.grammar.negation and spelled.startswith("--no-"):
            found = [(option, True) for option, _ in self.table.options("--" + spelled[5:]) if option.kind == "bool"]
        return self._alive(found) or (self._alive(self.table.aliases(spelled)) if found else None)

    def _alive(self, found: list[tuple[Option, bool]]) -> Known | None:
        alive = [Known(*pair) for pair in found if self.table.alive(pair[0], self.version)]
        return alive[-1] if alive else None

    def _out_of_time(self, spelled: str, place: Place) -> Known | None:
        """An option of other versions: says so; its value is read all the same."""
        found = self.table.options(spelled)
        if not found:
            return None
        from llmlint.engines.flag_near import out_of_time

        problem = out_of_time(self.table, self.version, [option for option, _ in found], spelled, place)
        if problem is not None:
            self.problems.append(problem)
        return Known(*found[-1])

    def _beginning(self, spelled: str) -> Known | None:
        if not self.grammar.abbreviations or not spelled.startswith("--") or len(spelled) < 4:
            return None
        from llmlint.engines.flag_near import beginning

        found = beginning(self.table, self.version, spelled)
        return Known(*found) if found is not None else None

    def _glued(self, text: str) -> tuple[Known, str, list[str]] | None:
        """`-O3`, `-qawq`: a short option of one letter with its value behind it."""
        if not self.grammar.abbreviations or text.startswith("--") or len(text) < 3:
            return None
        known = self._named(text[:2])
        return (known, text[:2], [text[2:]]) if known is not None and not switch(known.option) else None

    def put(self, known: Known, spelling: str, given: list[str], place: Place) -> None:
        """One option with its words; where they hold a variable that nothing is known of, there is nothing to say."""
        option, key = known.option, spelling.partition(".")[2] if self.grammar.dotted else ""
        given = [filled(word) for word in given]
        if any(map(has_placeholder, given)):
            self.refused[option.name] = " ".join(given)
            return
        try:
            if key:
                self._set_key(option, key, given)
                return
            if not given and not switch(option) and not option.kind.endswith("?"):
                if any(map(switch, self._others(option))):
                    self._set(option, True)
                    if self.version is None:
                        self._say("dated", place, f"{spelling} without a value is that of older releases")
                else:
                    self._say("missing", place, f"{spelling} lacks its value")
                return
            self._set(option, self._value(known, spelling, given, place))
        except Unreadable as wrong:
            if self._suits_another_version(option, given):
                return
            shown = " ".join(given)
            self.refused[option.name] = shown
            self._say("invalid", place, f"{spelling} {wrong}, not {_quoted(shown) or EMPTY}")

    def _suits_another_version(self, option: Option, given: list[str]) -> bool:
        """Takes a value that some version has, where the file names none: it may well be meant for that one."""
        for other in self._others(option):
            try:
                self._set(option, read(other, given))
            except Unreadable:
                continue
            return True
        return False

    def _value(self, known: Known, spelling: str, given: list[str], place: Place) -> Value:
        option = known.option
        if switch(option) or not given:
            value = truth(given[-1]) if given else True
            if given and not isinstance(place, str):
                self._say("invalid", place, f"{spelling} takes no value", spelling if value else "")
            return value is not known.opposite
        if given == ["None"] and self.grammar.dotted:
            return None
        return read(option, given)

    def _set(self, option: Option, value: Value) -> None:
        before = self.values.get(option.name)
        if value is None:
            self.values.pop(option.name, None)
        elif option.kind.endswith("*") and isinstance(before, list) and isinstance(value, list):
            self.values[option.name] = before + value
        elif isinstance(value, dict) and isinstance(before, dict):
            self.values[option.name] = before | value
        else:
            self.values[option.name] = value

    def _set_key(self, option: Option, dotted: str, given: list[str]) -> None:
        from llmlint.engines.flag_keys import with_key

        if not option.kind.startswith("json"):
            raise Unreadable("has no keys")
        self.values[option.name] = with_key(self.values.get(option.name), dotted, given[-1] if given else "")

    def say_unknown(self, spelling: str, place: Place) -> None:
        """No option of this name, at any version."""
        from llmlint.engines.flag_near import nearest

        near = nearest(self.table, self.version, self._spelled(spelling))
        self._say("unknown", place, f"{self.table.shown(self.version)} has no option {_quoted(spelling)}", near)

    def _say(self, kind: Kind, place: Place, message: str, suggestion: str = "") -> None:
        self.problems.append(FlagProblem(kind, place, message, suggestion))


@once
def alone(table: Table, version: Version | None, text: str) -> tuple[str, Value] | None:
    """Name and value of `--name=value` where nothing is to be said of it, whatever stands around it; else None.

    Most words of most command lines are of this kind, and of a folder's deployments many have the same.
    """
    if len(text.split(None, 1)) != 1:  # two words in one, perhaps
        return None
    reader = Reader(table, version)
    if not reader.is_option(text):
        return None
    reader._take([Word(text, 0)], 0)
    values = list(reader.values.items())
    if reader.problems or reader.refused or len(values) != 1 or isinstance(values[0][1], dict):
        return None
    return values[0]


def _quoted(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _stray(text: str) -> str:
    if not text.strip():
        return f"nothing takes {EMPTY}"
    return f"nothing takes the word {_quoted(text)}"
