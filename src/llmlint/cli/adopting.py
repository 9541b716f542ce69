"""The commands of several words with which a team takes llmlint up: `baseline update|prune`, `rules test|new`."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from llmlint.cli.commands import (
    CatalogueOption,
    ConfigOption,
    IsolatedOption,
    MachineOption,
    RulesOption,
    shared_options,
)

BaselineOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--baseline", metavar="FILE", help="The baseline; else the configured one, else .llmlint-baseline.json."
    ),
]
LintedArgument = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Argument(metavar="[PATHS]...", help="Files, folders, globs; without any, the current folder."),
]

baseline = typer.Typer(help="Write down the findings to live with, and cross out what is mended.")


@baseline.command("update")
def update(  # noqa: PLR0913, PLR0917  # an option each
    paths: LintedArgument = None,
    baseline: BaselineOption = None,
    rules: RulesOption = None,
    machine: MachineOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Count all findings of the files, so that `--baseline` holds them back; other files keep their entries."""
    from llmlint.cli.baseline import update

    options = shared_options(
        paths or ["."],
        baseline=baseline,
        rules=rules,
        machine=machine,
        config=config,
        isolated=isolated,
        catalogue=catalogue,
    )
    raise typer.Exit(update(options))


@baseline.command("prune")
def prune(  # noqa: PLR0913, PLR0917  # an option each
    paths: LintedArgument = None,
    baseline: BaselineOption = None,
    rules: RulesOption = None,
    machine: MachineOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Take out what does not occur any more; nothing is added."""
    from llmlint.cli.baseline import prune

    options = shared_options(
        paths or ["."],
        baseline=baseline,
        rules=rules,
        machine=machine,
        config=config,
        isolated=isolated,
        catalogue=catalogue,
    )
    raise typer.Exit(prune(options))


cache = typer.Typer(help="Where results are kept for runs to come.")


@cache.command("where")
def where() -> None:
    """Print the folder."""
    from llmlint.cli import cache

    raise typer.Exit(cache.where())


@cache.command("clear")
def clear() -> None:
    """Take all results away."""
    from llmlint.cli import cache

    raise typer.Exit(cache.clear())


rules = typer.Typer(help="Test and write rules of one's own.")


@rules.command("test")
def run_examples(
    paths: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="[PATHS]...", help="Rule files and folders; without any, the configured ones."),
    ] = None,
    rules: RulesOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Run the examples of rules: those that pass must be silent, those that fail found on the marked lines."""
    from llmlint.cli.own_rules import run_examples

    options = shared_options(rules=rules, config=config, isolated=isolated, catalogue=catalogue)
    raise typer.Exit(run_examples(paths or [], options))


@rules.command("new")
def new(
    id: Annotated[str, typer.Argument(metavar="ID", help="Its id, which names the fault: too-many-gpus.")],
    folder: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--folder", metavar="FOLDER", help="Where; else the first configured folder, else rules/team."),
    ] = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
) -> None:
    """Write a commented rule with examples that pass, to be changed."""
    from llmlint.cli.own_rules import new

    raise typer.Exit(new(id, folder, shared_options(config=config, isolated=isolated)))
