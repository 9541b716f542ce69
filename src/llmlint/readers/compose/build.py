"""The image that a service builds, as far as its Dockerfile is in sight: what it is made of, and what it runs."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from llmlint import images
from llmlint.plans import Spot
from llmlint.readers import shell, variables
from llmlint.readers.compose.service import Layer, Service
from llmlint.readers.registry import Surroundings
from llmlint.readers.values import items, mapping, text
from llmlint.readers.wording import plain
from llmlint.unit import Said, Unit, Word

MOST_TEXT = 100_000
"""Characters of a Dockerfile."""


def build(unit: Unit, service: Service, surroundings: Surroundings) -> None:
    """Fill in what the Dockerfile says of engine, entry point and command; the service's own keys win."""
    found = service.first("build")
    if found is None:
        return
    value, layer = found
    file, written = _dockerfile(service, value, layer, surroundings)
    if written is None:
        return
    spot = layer.spot("build")._replace(elsewhere=file)
    stages = _last_stage(written[:MOST_TEXT], _arguments(service, value))
    base = stages.get("FROM")
    known = images.image(unit.image.value) if unit.image is not None else None
    if base is not None and (known is None or not known.engine) and images.image(base) is not None:
        unit.image = Said(base, spot)
    if service.first("entrypoint") is None and "ENTRYPOINT" in stages:
        unit.entrypoint = _words(stages["ENTRYPOINT"], spot)
    if service.first("command") is None and service.first("entrypoint") is None and "CMD" in stages:
        unit.arguments = _words(stages["CMD"], spot)


def _dockerfile(service: Service, value: object, layer: Layer, surroundings: Surroundings) -> tuple[str, str | None]:
    """Its path from the folder of the file, and its text; None where it is not in sight."""
    inline = text(value, "dockerfile_inline")
    if inline is not None:
        return "dockerfile_inline", inline
    context = text(value, "context") if isinstance(value, dict) else text({"": value}, "")
    folder = service.fill(context or ".")
    if "://" in folder or folder.startswith(("git@", "/")):
        return "", None
    name = service.fill(text(value, "dockerfile") or "Dockerfile")
    file = posixpath.normpath(posixpath.join(layer.folder, folder, name))
    return file, surroundings.text(file)


def _arguments(service: Service, value: object) -> dict[str, str]:
    """`args` as a mapping or a list."""
    found = {name: service.fill(plain(one)) for name, one in mapping(value, "args").items() if one is not None}
    for item in items(value, "args"):
        name, equals, one = service.fill(plain(item)).partition("=")
        found |= {name: one} if equals else {}
    return found


def _last_stage(written: str, arguments: dict[str, str]) -> dict[str, str]:
    """The instructions of the last stage, with arguments filled in; `FROM` is the image that all began with."""
    known: dict[str, str] = {}
    bases: dict[str, str] = {}
    stage: dict[str, str] = {}
    for name, rest in _instructions(written):
        if name in ("ARG", "ENV"):
            key, equals, value = rest.partition("=")
            known[key.strip()] = arguments.get(key.strip(), value.strip().strip("\"'") if equals else "")
        elif name == "FROM":
            parts = [part for part in variables.shell(rest, known.get).split() if not part.startswith("--")]
            before = _base(bases, parts[0]) if parts else {}
            stage = {"FROM": parts[0], **before} if parts else {}
            if len(parts) == 3:
                bases[parts[2]] = stage["FROM"]
        elif name in ("ENTRYPOINT", "CMD"):
            stage = {key: value for key, value in stage.items() if name != "ENTRYPOINT" or key != "CMD"}
            stage[name] = rest
    return stage


def _base(bases: dict[str, str], name: str) -> dict[str, str]:
    """What a stage that begins with another's name is made of."""
    return {"FROM": bases[name]} if name in bases else {}


def _instructions(written: str) -> Iterator[tuple[str, str]]:
    joined = re.sub(r"\\[ \t]*\r?\n(?:[ \t]*#.*\n)*", " ", written)
    for line in joined.splitlines():
        found = re.match(r"\s*([A-Za-z]+)\s+(.*)", line)
        if found is not None:
            yield found[1].upper(), found[2].strip()


def _words(written: str, spot: Spot) -> tuple[Word, ...]:
    """A JSON list as it is; anything else runs in a shell."""
    if written.startswith("["):
        try:
            return tuple(Word(plain(item), spot, item=False) for item in json.loads(written))
        except (ValueError, RecursionError, TypeError):
            return ()
    return tuple(Word(token.text, spot, item=False) for token in shell.words(written))
