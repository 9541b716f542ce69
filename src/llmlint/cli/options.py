"""The options of a lint run: one table, read here on the short way and turned into typer's declarations by `app.py`.

The short way understands exactly the common shapes (`--name value`, `--name=value`, `-q`, paths); at anything else it
gives up without a word, and typer explains.
"""

from __future__ import annotations

from llmlint.tuples import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Literal

COMMANDS = (
    "check", "plan", "suggest", "facts", "rule", "rules", "baseline",
    "catalog", "cache", "init", "serve", "schema", "lsp", "version", "help",
)  # fmt: skip
"""Words that are commands as the first argument; a path of that name is written ./plan."""
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
"""What a variable says of a flag, in either case."""


class Option(NamedTuple):
    """One option of `llmlint check`."""

    name: str
    kind: Literal["flag", "text", "list", "report"]
    """`report`: part of a report that is asked for; the order of these counts, across options."""
    help: str
    choices: tuple[str, ...] = ()
    short: str = ""
    metavar: str = "TEXT"

    @property
    def field(self) -> str:
        """Its name in the program."""
        return self.name.replace("-", "_")


FORMATS = ("text", "concise", "json", "jsonl", "html", "sarif", "github", "gitlab", "junit", "markdown", "auto")
"""The first is the one that nobody has to ask for."""
OPTIONS = (
    Option("format", "report", "How findings are reported.", FORMATS, metavar="FORMAT"),
    Option("fix", "flag", "Mend in the files what can be mended without changing what is meant."),
    Option("unsafe-fixes", "flag", "With --fix or --diff: also what may change what is meant."),
    Option("diff", "flag", "Show what --fix would change, and change nothing; exits with 1 where that is anything."),
    Option(
        "output", "report", "Write the report of the --format before it to a file, not the terminal.", (), "o", "FILE"
    ),
    Option("fail-on", "text", "The least severity that makes the run fail.", ("error", "warning", "info", "never")),
    Option("min-severity", "text", "The least severity that is shown.", ("error", "warning", "info")),
    Option("select", "list", "Check only these rules: ids, subjects such as memory/, or all.", metavar="RULES"),
    Option("ignore", "list", "Do not check these rules.", metavar="RULES"),
    Option("rules", "list", "Check the rules of this file or folder too.", metavar="PATH"),
    Option("catalogue", "list", "Use the models, accelerators and machines of this file too.", metavar="FILE"),
    Option("machine", "text", "The machine of deployments whose files name none.", metavar="MACHINE"),
    Option("baseline", "text", "Leave out the findings that this file counts (llmlint baseline).", metavar="FILE"),
    Option("since", "text", "Lint what has changed since a revision of git; show what is new.", metavar="REV"),
    Option("config", "text", "Use this configuration instead of the nearest.", metavar="FILE"),
    Option("no-gitignore", "flag", "Look also at files that .gitignore leaves out."),
    Option("isolated", "flag", "Use no configuration file."),
    Option("show-settings", "flag", "Show what files are checked with, and which line says so; lint nothing."),
    Option("stdin-filename", "text", "The name that standard input is reported under.", metavar="PATH"),
    Option("skip-unrecognised", "flag", "Pass over named files that are not deployments, as in folders (for hooks)."),
    Option("allow-empty", "flag", "Exit with 0 where nothing was recognised."),
    Option("statistics", "flag", "Count findings by rule instead of listing them (text and json)."),
    Option("jobs", "text", "Processes that lint many files: a number, 1 for none beside this, or auto.", metavar="N"),
    Option("no-cache", "flag", "Lint every file anew, and keep nothing of it."),
    Option("watch", "flag", "Lint again whenever something changes, until it is interrupted."),
    Option("quiet", "flag", "Findings only, no summary.", short="q"),
    Option("verbose", "flag", "Also what was not checked, and which key would change that.", short="v"),
    Option("color", "text", "Colours.", ("auto", "always", "never")),
    Option("today", "text", "The date that `until=` in comments is held against.", metavar="YYYY-MM-DD"),
)
BY_NAME = {f"--{option.name}": option for option in OPTIONS}
BY_SHORT = {f"-{option.short}": option for option in OPTIONS if option.short}


class Asked(NamedTuple):
    """A report that is asked for."""

    format: str = FORMATS[0]
    output: str | None = None
    """The file that it is written to; None: the terminal."""


class Options(NamedTuple):
    """What one run was asked for; None where neither command line nor environment say."""

    paths: tuple[str, ...] = ()
    reports: tuple[Asked, ...] = (Asked(),)
    """At least one; at most one of them to the terminal."""
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    fail_on: str | None = None
    min_severity: str = "info"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    catalogue: tuple[str, ...] = ()
    machine: str | None = None
    baseline: str | None = None
    since: str | None = None
    config: str | None = None
    no_gitignore: bool = False
    isolated: bool = False
    show_settings: bool = False
    stdin_filename: str | None = None
    skip_unrecognised: bool = False
    allow_empty: bool = False
    statistics: bool = False
    jobs: str | None = None
    no_cache: bool = False
    watch: bool = False
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    today: str | None = None


class Mispaired(Exception):
    """Formats and outputs of which nobody can tell what belongs together."""


class Rejected(NamedTuple):
    """An environment variable that does not say what it may."""

    variable: str
    text: str
    choices: tuple[str, ...]


def parse(arguments: list[str], environment: Mapping[str, str]) -> Options | None:
    """The options of a plain lint run; None where typer has to look at the command line."""
    given = list(arguments)
    if given and given[0] == "check":
        del given[0]
    elif not given or given[0] in COMMANDS:
        return None
    values, rejected = from_environment(environment)
    paths: list[str] = []
    if rejected or not _read(given, values, paths) or not paths:
        return None
    try:
        return finished(values, paths)
    except Mispaired:
        return None


def finished(values: dict[str, Any], paths: Sequence[str]) -> Options:
    """Options of raw values: lists split at commas, formats and outputs in pairs. Raises `Mispaired`."""
    for option in OPTIONS:
        if option.kind == "list" and option.field in values:
            words = values[option.field]
            values[option.field] = tuple(word.strip() for text in words for word in text.split(",") if word.strip())
    given = values.pop("given", ())
    reports = _reports(given, values.pop("format", FORMATS[0]), values.pop("output", None))
    return Options(paths=tuple(paths), reports=reports, **values)


def _reports(given: Sequence[tuple[str, str]], format: str, output: str | None) -> tuple[Asked, ...]:
    """The reports that words of the command line ask for, in pairs of option and value; then what variables say."""
    words = dict(given)
    if len(words) == len(given):  # at most one of each, in whichever order
        reports = [Asked(words.get("format", format), words.get("output", output))]
    else:
        reports = []
        for name, text in given:
            _add(reports, name, text)
    reports = [one._replace(output=None) if one.output == "-" else one for one in reports]
    silent = [one.format for one in reports if one.output is None]
    if len(silent) > 1:
        raise Mispaired(f"{' and '.join(f'--format {one}' for one in silent)}: only one can go to the terminal")
    return tuple(reports)


def _add(reports: list[Asked], name: str, text: str) -> None:
    if name == "format":
        reports.append(Asked(text))
    elif not reports:
        raise Mispaired(f"--output {text}: name its --format before it, since there are several")
    elif reports[-1].output is not None:
        raise Mispaired(f"--output {text}: --format {reports[-1].format} goes to {reports[-1].output} already")
    else:
        reports[-1] = reports[-1]._replace(output=text)


def from_environment(environment: Mapping[str, str]) -> tuple[dict[str, Any], list[Rejected]]:
    """Values of LLMLINT_… variables, and those variables that cannot be understood. An empty one is not set."""
    values: dict[str, Any] = {}
    rejected = []
    for option in OPTIONS:
        variable = f"LLMLINT_{option.field.upper()}"
        text = environment.get(variable)
        if not text:
            continue
        choices = option.choices or ((*YES, *NO) if option.kind == "flag" else ())
        if choices and (text.lower() if option.kind == "flag" else text) not in choices:
            rejected.append(Rejected(variable, text, choices))
        elif option.kind == "flag":
            values[option.field] = text.lower() in YES
        else:
            values[option.field] = [text] if option.kind == "list" else text
    return values, rejected


def _read(given: list[str], values: dict[str, Any], paths: list[str]) -> bool:
    """Read words into values and paths; false where one is not of the common shapes."""
    lists: dict[str, list[str]] = {}
    position = 0
    while position < len(given):
        word = given[position]
        position += 1
        if word == "-" or not word.startswith("-"):
            paths.append(word)
            continue
        name, equals, text = word.partition("=")
        option = BY_NAME.get(name) if word.startswith("--") else BY_SHORT.get(word)
        if option is None or (option.kind == "flag" and equals):
            return False
        if option.kind == "flag":
            values[option.field] = True
            continue
        if not equals or not word.startswith("--"):
            if position == len(given) or (given[position].startswith("-") and given[position] != "-"):
                return False
            text = given[position]
            position += 1
        if option.choices and text not in option.choices:
            return False
        if option.kind == "list":
            lists.setdefault(option.field, []).append(text)
        elif option.kind == "report":
            values.setdefault("given", []).append((option.field, text))
        else:
            values[option.field] = text
    values.update(lists)
    return True
