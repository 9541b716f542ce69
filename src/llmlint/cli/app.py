"""The typer application: help, completion, and every command but the plain lint run."""

from __future__ import annotations

import inspect
import os
from typing import Annotated, Any, Literal, Optional

import typer

from llmlint.cli import commands
from llmlint.cli.options import OPTIONS, Option, finished, from_environment

EPILOG = "Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage or configuration, 3 nothing recognised to lint."

app = typer.Typer(
    name="llmlint",
    help="Will a planned LLM inference deployment start, fit and serve? `llmlint deploy.yaml` is `llmlint check deploy.yaml`.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run_application(arguments: list[str]) -> int:
    """The exit code of a command line that typer reads."""
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups if group.name}
    first = arguments[0] if arguments else ""
    if first and first not in known and first not in ("-h", "--help", "--install-completion", "--show-completion"):
        arguments = ["version", *arguments[1:]] if first == "--version" else ["check", *arguments]
    try:
        app(args=arguments, prog_name="llmlint", standalone_mode=True)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 2 if leaving.code else 0
    return 0


def _check(**given: Any) -> None:
    from llmlint.cli.check import check

    values = from_environment(os.environ) or {}
    values.update({name: value for name, value in given.items() if name != "paths" and value not in (None, False, [])})
    raise typer.Exit(check(finished(values, given["paths"])))


def _parameter(option: Option) -> inspect.Parameter:
    """An option of the table as typer wants it."""
    names = [f"--{option.name}", *([f"-{option.short}"] if option.short else [])]
    kind: Any = {"flag": bool, "text": Optional[str], "list": Optional[list[str]]}[option.kind]  # noqa: UP007, UP045
    if option.choices:
        kind = Optional[Literal[option.choices]]  # noqa: UP045  # typer reads the names of typing
    info = typer.Option(*names, help=option.help, metavar=None if option.choices else option.metavar, show_default=False)
    if option.kind == "flag":
        info = typer.Option(*names, help=option.help)
    default = False if option.kind == "flag" else None
    return inspect.Parameter(
        option.field, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info]
    )


def _check_command() -> Any:
    """`check` with the options of the table as its signature."""
    paths = inspect.Parameter(
        "paths",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[list[str], typer.Argument(help="Files, folders, globs; - for standard input.")],
    )
    parameters = [paths, *map(_parameter, OPTIONS)]

    def check(**given: Any) -> None:
        """Lint deployment files (the default command)."""
        _check(**given)

    check.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    check.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return check


app.command("check", epilog=EPILOG)(_check_command())
commands.add_to(app)
