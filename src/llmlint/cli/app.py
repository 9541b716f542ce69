"""The typer application: help, completion, and every command but the plain lint run."""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
from typing import Annotated, Any, Optional

import typer
from typer.core import TyperCommand

from llmlint.cli import adopting, commands
from llmlint.cli.choices import complaints, one_of, shown
from llmlint.cli.options import COMMANDS, OPTIONS, Mispaired, Option, finished, from_environment
from llmlint.cli.problems import tell

HELP = "Will a planned LLM inference deployment start, fit and serve?\n\n`llmlint PATHS…` is `llmlint check PATHS…`."
EPILOG = (
    "Each option is also a variable, LLMLINT_FAIL_ON=never. Exit codes: 0 clean, 1 findings at or above --fail-on, "
    "2 usage, configuration or internal error, 3 nothing recognised to lint."
)
COMPLETION = "_LLMLINT_COMPLETE"
"""What a shell sets when it asks how a line may go on."""
ORDER = "llmlint.order"
OF_REPORTS = tuple(option.field for option in OPTIONS if option.kind == "report")
OF_THE_PROGRAM = ("-h", "--help", "--install-completion", "--show-completion")

app = typer.Typer(
    name="llmlint",
    help=HELP,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run_application(arguments: list[str]) -> int:
    """The exit code of a command line that typer reads."""
    if not arguments and COMPLETION not in os.environ:  # of which typer's versions think differently
        with contextlib.redirect_stdout(sys.stderr):
            return run_application(["--help"]) or 2
    try:
        code = app(args=_completed(arguments), prog_name="llmlint", standalone_mode=False)
    except typer.Abort:
        sys.stderr.write("llmlint: interrupted\n")
        return 130
    except SystemExit as leaving:  # completion, and what typer makes of a reader that went away
        return 141 if type(sys.stdout).__name__ == "PacifyFlushWrapper" else int(leaving.code or 0)
    except Exception as error:
        if not hasattr(error, "show"):  # typer's own, whose class has moved between its versions
            raise
        error.show()
        return 2
    return code if isinstance(code, int) else 0


def _completed(arguments: list[str]) -> list[str]:
    """The command line with its command: `check` where there is none."""
    if not arguments or arguments[0] in OF_THE_PROGRAM:
        return arguments
    first, *rest = arguments
    if first in ("--version", "-V"):
        return ["version", *rest]
    if first == "help":
        return [*rest[:1], "--help"]
    return arguments if first in COMMANDS else ["check", *arguments]


def _check(**given: Any) -> None:
    from llmlint.cli.check import check

    values, rejected = from_environment(os.environ)
    if rejected:
        raise typer.Exit(tell(*complaints(rejected)))
    paths, values["given"] = given.pop("paths"), _in_order(given.pop("context"), given)
    values.update({name: value for name, value in given.items() if value not in (None, False, [], ())})
    try:
        options = finished(values, paths)
    except Mispaired as problem:
        raise typer.Exit(tell(str(problem))) from None
    raise typer.Exit(check(options))


class InOrder(TyperCommand):
    """Notes in which order formats and outputs were given, which options of their own lists do not tell."""

    def make_parser(self, ctx: Any) -> Any:
        """The parser, made to leave the order in the context."""
        parser = super().make_parser(ctx)
        parse = parser.parse_args

        def noting(args: list[str]) -> Any:
            read = parse(args=args)
            ctx.meta[ORDER] = [parameter.name for parameter in read[2]]
            return read

        parser.parse_args = noting  # type: ignore[method-assign]
        return parser


def _in_order(context: typer.Context, given: dict[str, Any]) -> list[tuple[str, str]]:
    """Formats and outputs, in pairs of option and value, as they stand on the command line."""
    values = {name: iter(given.pop(name) or ()) for name in OF_REPORTS}
    return [(name, next(values[name])) for name in context.meta[ORDER] if name in values]


def _parameter(option: Option) -> inspect.Parameter:
    """An option of the table as typer wants it."""
    names = [f"--{option.name}", *([f"-{option.short}"] if option.short else [])]
    kind: Any = {"flag": bool, "text": Optional[str]}.get(option.kind, Optional[list[str]])  # noqa: UP045
    if option.kind == "flag":
        info = typer.Option(*names, help=option.help)
    elif option.choices:
        info = typer.Option(
            *names,
            help=option.help,
            metavar=shown(option.choices),
            parser=one_of(*option.choices),
            autocompletion=lambda: list(option.choices),
        )
    else:
        info = typer.Option(*names, help=option.help, metavar=option.metavar)
    default = False if option.kind == "flag" else None
    return inspect.Parameter(
        option.field, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info]
    )


def _check_command() -> Any:
    """`check` with the options of the table as its signature."""
    paths = inspect.Parameter(
        "paths",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[
            list[str], typer.Argument(metavar="PATHS...", help="Files, folders, globs; - for standard input.")
        ],
    )
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    parameters = [context, paths, *map(_parameter, OPTIONS)]

    def check(**given: Any) -> None:
        """Lint deployment files (the default command)."""
        _check(**given)

    check.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    check.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return check


app.command("check", cls=InOrder, epilog=EPILOG)(_check_command())
commands.add_to(app)
app.add_typer(adopting.baseline, name="baseline")
app.add_typer(adopting.rules, name="rules")
app.add_typer(adopting.cache, name="cache")
