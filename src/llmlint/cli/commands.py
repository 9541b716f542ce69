"""The commands beside `check`: each looks something up or writes something, and says so plainly."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal, Optional

import typer

ConfigOption = Annotated[Optional[str], typer.Option("--config", metavar="FILE", help="Use this configuration.")]  # noqa: UP045
IsolatedOption = Annotated[bool, typer.Option("--isolated", help="Use no configuration file.")]
CatalogueOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--catalogue", metavar="FILE", help="Use the models and machines of this file too."),
]
PathsArgument = Annotated[list[str], typer.Argument(help="Files, folders, globs; - for standard input.")]


def add_to(app: typer.Typer) -> None:
    """Register every command, in the order of `--help`."""
    app.command("plan")(plan)
    app.command("facts")(facts)
    app.command("rule")(rule)
    app.command("catalog")(catalog)
    app.command("init")(init)
    app.command("schema")(schema)
    app.command("version")(version)


def plan(
    paths: PathsArgument,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How the ledger is shown.")] = "text",
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Show what each deployment needs, item by item, against what its machine has."""
    from llmlint.cli.plan import show_plans

    raise typer.Exit(show_plans(paths, format, config, isolated, tuple(catalogue or ())))


def facts(
    file: Annotated[Optional[str], typer.Argument(help="A deployment; without one, the list of all facts.")] = None,  # noqa: UP045
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How they are shown.")] = "text",
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Show what is known of a deployment, and what would have to be written for the rest."""
    from llmlint.cli.facts import list_facts, show_facts

    if file is None:
        raise typer.Exit(list_facts(format))
    raise typer.Exit(show_facts(file, format, config, isolated, tuple(catalogue or ())))


def rule(
    ids: Annotated[Optional[list[str]], typer.Argument(metavar="[ID]...", help="Rules; without one, all in a list.")] = None,  # noqa: UP045
    rules: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--rules", metavar="PATH", help="Rules of this file or folder too."),
    ] = None,
) -> None:
    """Explain a rule: what it checks, why it matters, what to do, with examples."""
    from llmlint.cli.rules import explain, list_rules

    packs = tuple(rules or ())
    raise typer.Exit(explain(ids, packs) if ids else list_rules(packs))


def catalog(
    kind: Annotated[Literal["models", "accelerators", "machines"], typer.Argument(help="What to search.")],
    words: Annotated[Optional[list[str]], typer.Argument(help="Words that must all occur.")] = None,  # noqa: UP045
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How rows are shown.")] = "text",
    catalogue: CatalogueOption = None,
) -> None:
    """Search the catalogue of models, accelerators and machines."""
    from llmlint.cli.catalog import search

    raise typer.Exit(search(kind, words or [], format, tuple(catalogue or ())))


def init(
    file: Annotated[str, typer.Argument(help="The file to write; - for standard output.")] = "deploy.yaml",
    model: Annotated[Optional[str], typer.Option(help="Catalogue id, Hugging Face id or path.")] = None,  # noqa: UP045
    precision: Annotated[Optional[str], typer.Option(help="Of the weights, such as fp16, int4, q4_k_m.")] = None,  # noqa: UP045
    engine: Annotated[Optional[str], typer.Option(help="Such as vllm or llama.cpp.")] = None,  # noqa: UP045
    context: Annotated[Optional[int], typer.Option(help="Tokens of a request.")] = None,  # noqa: UP045
    concurrency: Annotated[Optional[int], typer.Option(help="Requests at once.")] = None,  # noqa: UP045
    instance: Annotated[Optional[str], typer.Option(help="A cloud instance type.")] = None,  # noqa: UP045
    gpu: Annotated[Optional[str], typer.Option(help="Such as 'RTX 4090'.")] = None,  # noqa: UP045
    gpu_count: Annotated[int, typer.Option(min=1, help="How many of them.")] = 1,
    ram: Annotated[Optional[str], typer.Option(help="Such as 64GB.")] = None,  # noqa: UP045
    storage: Annotated[Optional[str], typer.Option(help="Free storage, such as 1TB.")] = None,  # noqa: UP045
    tier: Annotated[Optional[Literal["entry", "mid", "professional"]], typer.Option(help="Class of machine.")] = None,  # noqa: UP045
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented deployment file, from flags or by asking."""
    from llmlint.cli.init import Answers, write

    answers = Answers(model, precision, engine, context, concurrency, instance, gpu, gpu_count, ram, storage, tier)
    raise typer.Exit(write(file, answers, force))


def schema(
    name: Annotated[
        Literal["deployment", "rule", "config", "catalogue", "plan", "report"], typer.Argument(help="Which schema.")
    ] = "deployment",
) -> None:
    """Print a JSON Schema: of deployment files for editors, of rules, configuration, catalogues and reports."""
    from llmlint.resources import schema_text

    sys.stdout.write(schema_text(name))


def version(
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="How it is shown.")] = "text",
) -> None:
    """Print the versions of program, rules and catalogue, and which YAML parser is in use."""
    from llmlint.cli.about import about

    told = about()
    if format == "json":
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return
    width = max(map(len, told))
    sys.stdout.write("".join(f"{name:{width}}  {value}\n" for name, value in told.items()))
