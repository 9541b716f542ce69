"""Which engine a command starts: by its program, the module that Python runs, or the program's own command."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from llmlint.engines.flag_table import GRAMMARS
from llmlint.unit import Word

# fmt: off
PREFIXES = frozenset({
    "exec", "nohup", "sudo", "env", "time", "tini", "dumb-init", "command", "nsys", "uv", "conda", "mamba",
    "micromamba", "poetry", "pipenv", "numactl", "timeout", "taskset", "nice", "ionice", "chrt", "stdbuf",
    "setsid", "mpirun", "mpiexec", "srun", "torchrun", "trtllm-llmapi-launch", "doppler", "infisical", "op",
    "gosu", "su-exec", "proxychains", "catatonit", "nvidia_entrypoint.sh",
})
# fmt: on
"""Programs that run another, whose name follows their own options."""
MOST_PREFIXED = 40
"""Words among which the program behind such a one is looked for."""
SHELLS = r"(?:.*/)?(?:ba|da|a|z|k)?sh"
ASSIGNMENT = r"([A-Za-z_]\w*)(\+?)=(.*)"
MODULES: Mapping[str, str] = {
    "vllm.entrypoints.openai.api_server": "vllm",
    "vllm.entrypoints.api_server": "vllm",
    "vllm.entrypoints.openai.run_batch": "vllm",
    "vllm.entrypoints.cli.main": "vllm",
    "vllm.entrypoints.grpc_server": "vllm",
    "sglang.launch_server": "sglang",
    "mlx_lm.server": "mlx",
    "dynamo.vllm": "vllm",
    "dynamo.sglang": "sglang",
    "dynamo.trtllm": "tensorrt-llm",
}
"""Python modules that are engines."""
PROGRAMS: Mapping[str, str] = {
    "text-generation-launcher": "tgi",
    "trtllm-serve": "tensorrt-llm",
    "mlx_lm.server": "mlx",
}
LLAMA_SERVER = r"(?:[\w.]+-)?llama[-_.]server(?:[-_.][\w.-]+)?"
"""llama.cpp's server and those of its forks, as people name their builds of it."""
COMMANDS: Mapping[tuple[str, str], str] = {
    ("vllm", "serve"): "vllm",
    ("vllm", "run-batch"): "vllm",
    ("sglang", "serve"): "sglang",
    ("ollama", "serve"): "ollama",
    ("ollama", "start"): "ollama",
    ("transformers", "serve"): "transformers",
    ("mlx_lm", "server"): "mlx",
}
FILES = (
    (r"(?:.*/)?vllm/entrypoints/(?:openai/)?api_server\.py", "vllm"),
    (r"(?:.*/)?sglang/launch_server\.py", "sglang"),
    (r"(?:.*/)?tensorrt_llm/commands/serve\.py", "tensorrt-llm"),
)
"""The modules, run as files."""


def engine_of(words: Sequence[Word]) -> tuple[str, int] | None:
    """The engine that a command starts, and how many of its words say so; None where it starts none."""
    if not words:
        return None
    program = words[0].text.rsplit("/", 1)[-1].removesuffix(".exe")
    second = words[1].text if len(words) > 1 else ""
    if (program, second) in COMMANDS:
        return COMMANDS[program, second], 2
    if program in PROGRAMS:
        return PROGRAMS[program], 1 + (program == "trtllm-serve" and second == "serve")
    if re.fullmatch(LLAMA_SERVER, program):
        return "llama.cpp", 1
    return _of_python(words) if re.fullmatch(r"python[\d.]*", program) else None


def _of_python(words: Sequence[Word]) -> tuple[str, int] | None:
    """`python3 -u -m MODULE`, `python MODULE.py`, `python /usr/local/bin/vllm serve`."""
    at = 1
    while at < len(words) and words[at].text.startswith("-") and words[at].text != "-m":
        at += 1 + (words[at].text in ("-W", "-X"))
    if at >= len(words):
        return None
    if words[at].text != "-m":
        for pattern, engine in FILES:
            if re.fullmatch(pattern, words[at].text):
                return engine, at + 1
        found = None if words[at].text.endswith(".py") else engine_of(words[at : at + 2])
        return (found[0], at + found[1]) if found is not None else None
    module = words[at + 1].text if at + 1 < len(words) else ""
    if module in MODULES:
        return MODULES[module], at + 2
    third = words[at + 2].text if at + 2 < len(words) else ""
    return (COMMANDS[module, third], at + 3) if (module, third) in COMMANDS else None


def behind_prefixes(words: Sequence[Word]) -> tuple[int, dict[str, Word]]:
    """The place of the program, behind assignments and programs that run another; the assignments by name."""
    assigned: dict[str, Word] = {}
    at = 0
    while at < len(words):
        match = re.fullmatch(ASSIGNMENT, words[at].text, re.DOTALL)
        if match is not None:
            assigned[match[1]] = words[at]._replace(text=match[3])
            at += 1
        elif words[at].text.rsplit("/", 1)[-1] in PREFIXES or words[at].text == "--":
            at = _behind_prefix(words, at)
        else:
            break
    return at, assigned


def _behind_prefix(words: Sequence[Word], at: int) -> int:
    """The next word that starts something known, else the next that is no option."""
    options = at + 1
    while options < len(words) and words[options].text.startswith("-"):
        options += 1
    for position in range(at + 1, min(len(words), at + MOST_PREFIXED)):
        text = words[position].text
        name = text.rsplit("/", 1)[-1]
        if name in PREFIXES or re.fullmatch(SHELLS, text) or is_container(words[position:]):
            return position
        if re.fullmatch(ASSIGNMENT, text, re.DOTALL) and position == options:
            return position
        if engine_of(words[position:]) is not None:
            return position
    return min(options, len(words))


def is_container(words: Sequence[Word]) -> bool:
    """Whether a command runs a container: `docker run`."""
    return (
        len(words) > 2
        and words[0].text.rsplit("/", 1)[-1] in ("docker", "podman", "nerdctl")
        and (words[1].text == "run" or (words[1].text == "container" and words[2].text == "run"))
    )


assert {*MODULES.values(), *PROGRAMS.values(), *COMMANDS.values()} <= set(GRAMMARS)
