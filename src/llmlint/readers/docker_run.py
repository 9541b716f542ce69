"""Reads `docker run [OPTIONS] IMAGE [ARGUMENTS]`: the container as a unit of its own."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence

from llmlint.quantity import scaled
from llmlint.unit import Amounts, GpuRequest, Said, Unit, Variable, Volume, VolumeKind, Word

# fmt: off
SWITCHES = frozenset({
    "--detach", "--init", "--interactive", "--no-healthcheck", "--oom-kill-disable", "--privileged",
    "--publish-all", "--quiet", "--read-only", "--rm", "--sig-proxy", "--tty", "--disable-content-trust",
    "--replace", "--help",
})
# fmt: on
"""Long options without a value (docker/cli, cli/command/container/opts.go and run.go; podman's --replace)."""
SHORT_SWITCHES = "diqtP"
"""Of one letter; `-h` names the host."""


def contained(unit: Unit, words: Sequence[Word]) -> Unit | None:
    """The container that a command runs, on the machine of a unit; None where no image is named."""
    start = next((at for at, word in enumerate(words) if word.text == "run"), len(words)) + 1
    own = copy.copy(unit)
    own.environment, own.volumes, own.ports = {}, [], []
    own.entrypoint = own.arguments = None
    own.shared_memory, own.limits = None, Amounts()
    own.supplies = unit.supplies & {"probes", "arguments"}
    at = start
    while at < len(words) and words[at].text.startswith("-"):
        name, value, at = _option(words, at)
        reader = OPTIONS.get(name)
        if reader is not None and value is not None:
            reader(own, value)
    if at >= len(words):
        return None
    own.image = Said(words[at].text, words[at].spot)
    own.arguments = tuple(words[at + 1 :])
    return own


def _option(words: Sequence[Word], at: int) -> tuple[str, Word | None, int]:
    """The name of an option, its value, and the place behind both."""
    word = words[at]
    name, equals, value = word.text.partition("=")
    if equals and name.startswith("--"):
        return name, word._replace(text=value), at + 1
    if name.startswith("--"):
        if name in SWITCHES:
            return name, None, at + 1
    else:
        letter = re.match(rf"-[{SHORT_SWITCHES}]*([A-Za-z])(.*)", word.text, re.DOTALL)
        if letter is None or letter[1] in SHORT_SWITCHES:
            return name, None, at + 1
        name = f"-{letter[1]}"
        if letter[2]:
            return name, word._replace(text=letter[2].removeprefix("=")), at + 1
    return name, words[at + 1] if at + 1 < len(words) else None, at + 2


def _variable(unit: Unit, word: Word) -> None:
    name, equals, value = word.text.partition("=")
    variable = Variable(name, value if equals else None, word.spot, "literal" if equals else "caller")
    unit.environment[name] = variable


def _incomplete(unit: Unit, word: Word) -> None:
    unit.environment_complete = False


def _entrypoint(unit: Unit, word: Word) -> None:
    unit.entrypoint = (word,) if word.text else None


def _gpus(unit: Unit, word: Word) -> None:
    """`all`, a number, `device=0,1`, `"device=0,1",capabilities=compute`."""
    devices = re.search(r"device=([\w:,.-]*)", word.text.split('"')[1] if word.text.count('"') > 1 else word.text)
    if devices is not None:
        named = tuple(part for part in devices[1].split(",") if part)
        unit.gpus = GpuRequest(None if named == ("all",) else len(named) or None, "nvidia", word.spot, devices=named)
    else:
        number = re.fullmatch(r"(?:count=)?(\d{1,4})", word.text)
        unit.gpus = GpuRequest(int(number[1]) if number is not None else None, "nvidia", word.spot)


def _device(unit: Unit, word: Word) -> None:
    cdi = re.match(r"nvidia\.com/gpu=(\S+)", word.text)
    if cdi is not None:
        before = unit.gpus.devices if unit.gpus is not None else ()
        devices = () if cdi[1] == "all" else (*before, cdi[1])
        unit.gpus = GpuRequest(len(devices) or None, "nvidia", word.spot, devices=devices)
    elif unit.gpus is None and word.text.startswith(("/dev/kfd", "/dev/dri")):
        unit.gpus = GpuRequest(None, "amd" if word.text.startswith("/dev/kfd") else "intel", word.spot)
    elif unit.gpus is not None and word.text.startswith("/dev/kfd"):
        unit.gpus = unit.gpus._replace(vendor="amd")


def _runtime(unit: Unit, word: Word) -> None:
    if word.text == "nvidia" and unit.gpus is None:
        unit.gpus = GpuRequest(None, "nvidia", word.spot)


def _size(word: Word) -> Said[int] | None:
    """A size as Docker reads it: bytes, or with a letter for powers of 1024."""
    found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?) ?([bkmgtp]?)(?:i?b)?", word.text.strip().lower())
    if found is None:
        return None
    return Said(scaled(found[1], 1024 ** "bkmgtp".index(found[2] or "b")), word.spot)


def _shared_memory(unit: Unit, word: Word) -> None:
    unit.shared_memory = _size(word)


def _memory(unit: Unit, word: Word) -> None:
    unit.limits = unit.limits._replace(memory=_size(word))


def _ipc(unit: Unit, word: Word) -> None:
    unit.host_ipc = word.text == "host"


def _volume(unit: Unit, word: Word) -> None:
    """`SOURCE:TARGET[:ro]`, or a target alone."""
    parts = re.split(r":(?![\\/]{2})", word.text)
    if len(parts) == 1:
        unit.volumes.append(Volume(parts[0], "ephemeral", word.spot))
        return
    source, target, *options = parts
    kind: VolumeKind = "host" if re.match(r"[./~$]", source) else "persistent"
    unit.volumes.append(Volume(target, kind, word.spot, read_only="ro" in ",".join(options).split(","), name=source))


def _mount(unit: Unit, word: Word) -> None:
    """`type=bind,source=/a,target=/b,readonly`."""
    parts = dict(part.partition("=")[::2] for part in word.text.split(","))
    target = next((parts[key] for key in ("target", "destination", "dst") if parts.get(key)), None)
    if target is None:
        return
    kinds: dict[str, VolumeKind] = {"bind": "host", "tmpfs": "memory"}
    kind = kinds.get(parts.get("type", "volume"), "persistent")
    source = parts.get("source") or parts.get("src") or ""
    read_only = "readonly" in parts or "ro" in parts
    unit.volumes.append(Volume(target, kind, word.spot, read_only=read_only, name=source))


def _port(unit: Unit, word: Word) -> None:
    port = re.search(r"(?:^|:)(\d{1,5})(?:/\w+)?$", word.text)
    if port is not None:
        unit.ports.append(Said(int(port[1]), word.spot))


OPTIONS: Mapping[str, Callable[[Unit, Word], None]] = {
    "-e": _variable,
    "--env": _variable,
    "--env-file": _incomplete,
    "--entrypoint": _entrypoint,
    "--gpus": _gpus,
    "--device": _device,
    "--runtime": _runtime,
    "--shm-size": _shared_memory,
    "--ipc": _ipc,
    "-m": _memory,
    "--memory": _memory,
    "-v": _volume,
    "--volume": _volume,
    "--mount": _mount,
    "-p": _port,
    "--publish": _port,
}
