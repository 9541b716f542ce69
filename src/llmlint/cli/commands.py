"""The commands beside `check`: each looks something up or writes something, and says so plainly."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Any, Optional

import typer

from llmlint.cli.choices import complaints, one_of, shown
from llmlint.cli.options import Options, finished, from_environment
from llmlint.cli.problems import guarded, tell


def choice(name: str, choices: Sequence[str], help: str) -> Any:
    """An option that takes one of a few words."""
    return typer.Option(name, help=help, metavar=shown(choices), parser=one_of(*choices))


FORMATS = ("text", "json")
KINDS = ("models", "accelerators", "machines")
SCHEMAS = (
    "deployment",
    "rule",
    "config",
    "catalogue",
    "plan",
    "suggest",
    "report",
    "finding",
    "rules",
    "baseline",
    "statistics",
)
TIERS = ("entry", "mid", "professional")
ConfigOption = Annotated[Optional[str], typer.Option("--config", metavar="FILE", help="Use this configuration.")]  # noqa: UP045
MachineOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--machine", metavar="MACHINE", help="The machine of deployments whose files name none."),
]
IsolatedOption = Annotated[bool, typer.Option("--isolated", help="Use no configuration file.")]
CatalogueOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--catalogue", metavar="FILE", help="Use the models and machines of this file too."),
]
RulesOption = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--rules", metavar="PATH", help="Rules of this file or folder too."),
]
FormatOption = Annotated[str, choice("--format", FORMATS, "How it is shown.")]
PlanFormatOption = Annotated[str, choice("--format", (*FORMATS, "html"), "How it is shown; html is a page.")]
PathsArgument = Annotated[
    list[str], typer.Argument(metavar="PATHS...", help="Files, folders, globs; - for standard input.")
]
TextOption = Optional[str]  # noqa: UP045


def add_to(app: typer.Typer) -> None:
    """Register every command, in the order of `--help`."""
    app.command("plan")(plan)
    app.command("suggest")(suggest)
    app.command("facts")(facts)
    app.command("rule")(rule)
    app.command("catalog")(catalog)
    app.command("init")(init)
    app.command("serve")(serve)
    app.command("schema")(schema)
    app.command("lsp")(lsp)
    app.command("version")(version)


def shared_options(paths: Sequence[str] = (), **given: object) -> Options:
    """What a command shares with `check`: the variables of its options count here too."""
    values, rejected = from_environment(os.environ)
    wrong = [one for one in rejected if one.variable.removeprefix("LLMLINT_").lower() in given]
    if wrong:
        raise typer.Exit(tell(*complaints(wrong)))
    shared = {name: value for name, value in values.items() if name in given}
    shared.update({name: value for name, value in given.items() if value not in (None, False, [])})
    return finished(shared, paths)


def plan(  # noqa: PLR0913, PLR0917  # an option each
    paths: PathsArgument,
    format: PlanFormatOption = "text",
    machine: MachineOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
    color: Annotated[TextOption, choice("--color", ("auto", "always", "never"), "Colours.")] = None,
) -> None:
    """Show what each deployment needs, item by item, against what its machine has."""
    from llmlint.cli.plan import show_plans

    options = shared_options(paths, machine=machine, config=config, isolated=isolated, catalogue=catalogue, color=color)
    raise typer.Exit(show_plans(options, format))


def suggest(  # noqa: PLR0913, PLR0917  # an option each
    paths: PathsArgument,
    format: FormatOption = "text",
    pick: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--pick", min=1, metavar="N", help="Print the diff of the N-th suggestion alone, for git apply."),
    ] = None,
    rules: RulesOption = None,
    machine: MachineOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
    color: Annotated[TextOption, choice("--color", ("auto", "always", "never"), "Colours.")] = None,
) -> None:
    """Search for the smallest changes that make a failing plan pass, and show them as diffs."""
    from llmlint.cli.suggest import show_suggestions

    options = shared_options(
        paths, rules=rules, machine=machine, config=config, isolated=isolated, catalogue=catalogue, color=color
    )
    raise typer.Exit(show_suggestions(options, format, pick))


def facts(  # noqa: PLR0913, PLR0917  # an option each
    file: Annotated[TextOption, typer.Argument(help="A deployment; without one, the list of all facts.")] = None,
    format: FormatOption = "text",
    machine: MachineOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Show what is known of a deployment, and what would have to be written for the rest."""
    from llmlint.cli.facts import list_facts, show_facts

    if file is None:
        raise typer.Exit(list_facts(format))
    options = shared_options([file], machine=machine, config=config, isolated=isolated, catalogue=catalogue)
    raise typer.Exit(show_facts(options, format))


def rule(
    ids: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="[ID]...", help="Rules; without one, all in a list."),
    ] = None,
    format: FormatOption = "text",
    rules: RulesOption = None,
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
) -> None:
    """Explain a rule: what it checks, why it matters, what to do, with examples."""
    from llmlint.cli.rules import explain, list_rules

    options = shared_options(rules=rules, config=config, isolated=isolated)
    raise typer.Exit(explain(ids, options, format) if ids else list_rules(options, format))


def catalog(  # noqa: PLR0913, PLR0917  # an option each
    kind: Annotated[str, typer.Argument(metavar=shown(KINDS), parser=one_of(*KINDS), help="What to search.")],
    words: Annotated[Optional[list[str]], typer.Argument(help="Words that must all occur.")] = None,  # noqa: UP045
    format: FormatOption = "text",
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
    catalogue: CatalogueOption = None,
) -> None:
    """Search the catalogue of models, accelerators and machines."""
    from llmlint.cli.catalog import search

    options = shared_options(config=config, isolated=isolated, catalogue=catalogue)
    raise typer.Exit(search(kind, words or [], format, options))


def init(  # noqa: PLR0913, PLR0917  # a question of the interview each
    file: Annotated[str, typer.Argument(help="The file to write; - for standard output.")] = "deploy.yaml",
    model: Annotated[TextOption, typer.Option(help="Catalogue id, Hugging Face id or path.")] = None,
    precision: Annotated[TextOption, typer.Option(help="Of the weights, such as fp16, int4, q4_k_m.")] = None,
    engine: Annotated[TextOption, typer.Option(help="Such as vllm or llama.cpp.")] = None,
    context: Annotated[Optional[int], typer.Option(help="Tokens of a request.")] = None,  # noqa: UP045
    concurrency: Annotated[Optional[int], typer.Option(help="Requests at once.")] = None,  # noqa: UP045
    instance: Annotated[TextOption, typer.Option(help="A cloud instance type.")] = None,
    gpu: Annotated[TextOption, typer.Option(help="Such as 'RTX 4090'.")] = None,
    gpu_count: Annotated[int, typer.Option(min=1, help="How many of them.")] = 1,
    ram: Annotated[TextOption, typer.Option(help="Such as 64GB.")] = None,
    storage: Annotated[TextOption, typer.Option(help="Free storage, such as 1TB.")] = None,
    tier: Annotated[TextOption, choice("--tier", TIERS, "Class of machine.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a commented deployment file, from flags or by asking."""
    from llmlint.cli.deployment_text import Answers
    from llmlint.cli.init import write

    answers = Answers(model, precision, engine, context, concurrency, instance, gpu, gpu_count, ram, storage, tier)
    raise typer.Exit(guarded(lambda: write(file, answers, force)))


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any that is free.")] = 8000,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines in, where --host says so.")
    ] = False,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve a page on which a deployment is checked while it is typed (needs llmlint[web])."""
    from llmlint.cli.serve import serve as run

    raise typer.Exit(run(host, port, allow_remote=allow_remote, open_browser=open_browser))


def schema(
    name: Annotated[
        str, typer.Argument(metavar=shown(SCHEMAS), parser=one_of(*SCHEMAS), help="Which schema.")
    ] = "deployment",
) -> None:
    """Print a JSON Schema: of deployment files for editors, of rules, configuration, catalogues and reports."""
    from llmlint.cli.about import print_schema

    raise typer.Exit(guarded(lambda: print_schema(name)))


def lsp() -> None:
    """Serve an editor over standard input and output: findings, hovers, fixes, completion (needs llmlint[lsp])."""
    from llmlint.cli.lsp import serve

    raise typer.Exit(serve())


def version(format: FormatOption = "text") -> None:
    """Print the versions of program, rules and catalogue, and which YAML parser is in use."""
    from llmlint.cli.about import print_versions

    raise typer.Exit(guarded(lambda: print_versions(format)))
