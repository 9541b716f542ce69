"""The configuration file, key by key: the source of schemas/config.json. Imported at build time only."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from llmlint.written import OneOrMany, Part, Settings, Text, whole

Texts = Annotated[list[Text], OneOrMany()]


class ExtendedPack(Part):
    """A configuration that is extended, and what it is pinned to."""

    shorthand: ClassVar[str | None] = "pack"

    pack: Text
    """Path of a configuration or of its folder, relative to this file; or `pkg:NAME`, an installed Python package."""
    version: Text | None = None
    """The version of the package that must be installed."""
    sha256: Annotated[str, Field(min_length=64, max_length=64)] | None = None
    """What the files of the pack must amount to; when they do not, the run stops and says what they do."""


class Configuration(Part):
    """The configuration of llmlint: `.llmlint.yaml`, or the table [tool.llmlint] of pyproject.toml."""

    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"))

    extends: Annotated[list[ExtendedPack], OneOrMany()] | None = None
    """Configurations that this one builds upon, with their rules: what is written here counts before them."""
    fail_on: Literal["error", "warning", "info", "never"] | None = None
    """The least severity that makes the run fail; error if not written."""
    select: Texts | None = None
    """Rules that are checked: ids, subjects such as memory/, or all; all if not written."""
    ignore: Texts | None = None
    """Rules that are not checked, of those selected."""
    severity: dict[str, Literal["error", "warning", "info", "off"]] | None = None
    """Other severities, by rule id or subject; the last that matches wins."""
    parameters: dict[str, Settings] | None = None
    """Other figures for rules, by rule id or subject, then by the parameter's name; `llmlint rule ID` lists them."""
    rules: Texts | None = None
    """Files and folders of rules of your own, relative to this file."""
    catalogue: Texts | None = None
    """Files with models, accelerators and machines of your own, relative to this file."""
    baseline: Text | None = None
    """The file with findings that are held back, relative to this file; `llmlint baseline update` writes it."""
    machines: dict[str, Text] | None = None
    """Machines for deployments whose files name none: a glob of files relative to this file, or a label (`name=value`),
    to a machine such as `aws/g6.12xlarge` or `rtx4090*2 ram=64GB`; the first that fits counts."""
    exclude: Texts | None = None
    """Globs of files that are passed over when a folder is linted, relative to this file."""
    jobs: Annotated[int, Field(ge=1, le=256), BeforeValidator(whole)] | None = None
    """Processes that lint many files at most; as many as there are processors if not written."""
    cache: bool | None = None
    """Whether results are kept, outside of the repository, for runs over many files to come; true if not written."""
