"""Scripts and configuration that a container starts or reads from a ConfigMap of the same file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import Any

from llmlint.readers.kubernetes.cluster import Cluster, Pod
from llmlint.readers.kubernetes.settings import options
from llmlint.readers.values import items, text
from llmlint.unit import Said, Unit, Word

SHELL = r"(?:.*/)?(?:ba|da|a|z|k)?sh"
OPTION = r"[-+][A-Za-z]*|pipefail"


def fill_from_mounts(unit: Unit, pod: Pod, container: dict[str, Any]) -> None:
    """Put a mounted script in the place of its path, and the options of a mounted `--config` among the settings."""
    files = dict(_files(pod, container))
    if not files:
        return
    command = (*(unit.entrypoint or ()), *(unit.arguments or ()))
    script = _script(command, files)
    if script is not None:
        home = command[0]
        unit.entrypoint = (home._replace(text="sh"), home._replace(text="-c"), script)
        unit.arguments = None
    for word, value in _values(command, "--config"):
        said = files.get(posixpath.normpath(value))
        if said is not None and word:
            unit.settings = [*options(said), *unit.settings]


def _script(words: Sequence[Word], files: dict[str, Said[str]]) -> Word | None:
    """The text of the script that the words start, by itself or by a shell."""
    for word in words:
        said = files.get(posixpath.normpath(word.text))
        if said is not None:
            return Word(said.value, said.spot)
        if not re.fullmatch(f"{SHELL}|{OPTION}|exec", word.text):
            return None
        if re.fullmatch(r"-[a-z]*c[a-z]*", word.text):
            return None if len(words) < 3 else _only(words[-1], files)
    return None


def _only(word: Word, files: dict[str, Said[str]]) -> Word | None:
    """A command of a shell that is nothing but a script."""
    said = files.get(re.sub(rf"^(?:exec |{SHELL} |source |\\. )*", "", word.text.strip()))
    return Word(said.value, said.spot) if said is not None else None


def _values(words: Sequence[Word], option: str) -> Iterator[tuple[Word, str]]:
    for index, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        if name == option and equals:
            yield word, value
        elif name == option and index + 1 < len(words):
            yield words[index + 1], words[index + 1].text


def _files(pod: Pod, container: dict[str, Any]) -> Iterator[tuple[str, Said[str]]]:
    """What ConfigMaps of the file put into the container: path and text."""
    volumes = {text(one, "name"): one for one in items(pod.data, "volumes")}
    for mount in items(container, "volumeMounts"):
        where, part = text(mount, "mountPath"), text(mount, "subPath")
        volume = volumes.get(text(mount, "name"))
        if where is None or volume is None:
            continue
        for name, said in _entries(pod.cluster, volume, pod.one.namespace):
            if part is None:
                yield posixpath.normpath(posixpath.join(where, name)), said
            elif posixpath.normpath(part) == name:
                yield posixpath.normpath(where), said


def _entries(cluster: Cluster, volume: object, namespace: str) -> Iterator[tuple[str, Said[str]]]:
    """The files of a volume: of a ConfigMap, all or those that are picked, also inside a projected one."""
    sources = [("configMap", volume), *(("configMap", one) for one in items(volume, "projected", "sources"))]
    for key, source in sources:
        name = text(source, key, "name")
        found = cluster.configuration(name, namespace) if name is not None else None
        picked = items(source, key, "items")
        for entry, said in (found or {}).items():
            paths = [text(one, "path") or entry for one in picked if text(one, "key") == entry] if picked else [entry]
            for path in paths:
                yield path, said
