"""vLLM's KV cache planner, loaded from its wheel without torch, a GPU or the rest of vLLM."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import logging
import subprocess
import sys
import types
import zipfile
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import MagicMock

VERSION = "0.33.0"
WHEEL = ["--no-deps", "--only-binary=:all:", "--python-version=3.11", "--platform=manylinux_2_28_x86_64"]
STANDINS = (
    *("vllm.envs", "vllm.config", "vllm.config.kv_transfer", "vllm.config.cache", "vllm.config.mamba"),
    *("vllm.config.model", "vllm.multimodal", "vllm.multimodal.utils", "vllm.utils.hashing"),
    *("vllm.utils.import_utils", "vllm.v1.request", "vllm.v1.utils", "vllm.v1.hisparse.runtime"),
    "vllm.v1.hisparse.types",
)
PACKAGES = (
    *("vllm", "vllm.utils", "vllm.v1", "vllm.v1.core", "vllm.v1.attention", "vllm.v1.attention.backends"),
    *("vllm.v1.hisparse", "vllm.model_executor", "vllm.model_executor.layers", "vllm.model_executor.layers.mamba"),
)
SPECS = (
    *("FullAttentionSpec", "SlidingWindowSpec", "ChunkedLocalAttentionSpec", "MLAAttentionSpec", "MambaSpec"),
    *("CircularBufferSpec", "SlidingWindowMLASpec", "CrossAttentionSpec", "SinkFullAttentionSpec"),
)
SHARES_WITH = {"MLAAttentionSpec": "FullAttentionSpec", "SinkFullAttentionSpec": "FullAttentionSpec"}


class Number(NamedTuple):
    """Stands for torch.dtype, of which the planner asks the size only."""

    name: str
    itemsize: int


class Quiet(logging.Logger):
    """vLLM's logger, which can say things once."""

    def once(self, *_: object, **__: object) -> None:
        """Nothing."""

    info = info_once = warning = warning_once = debug = debug_once = once


class Engine(NamedTuple):
    """The modules of vLLM."""

    interface: Any
    planning: Any
    layout: Any
    states: Any


def fetched(folder: Path) -> Path:
    """The folder with the unpacked package."""
    source = folder / f"vllm-{VERSION}"
    if not (source / "vllm" / "v1").exists():
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", *WHEEL, "-d", folder, f"vllm=={VERSION}"], check=True
        )
        (wheel,) = folder.glob(f"vllm-{VERSION}-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(source, [name for name in archive.namelist() if name.endswith(".py")])
        wheel.unlink()
    return source


def loaded(source: Path) -> Engine:
    """The planner's modules, with stand-ins for the rest."""
    _stand_ins()

    def real(name: str) -> Any:
        spec = importlib.util.spec_from_file_location(name, source / (name.replace(".", "/") + ".py"))
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    real("vllm.utils.math_utils")
    layout = real("vllm.v1.kv_cache_layout").KVCacheLayout
    registry = real("vllm.v1.kv_cache_spec_registry").KVCacheSpecRegistry
    interface = real("vllm.v1.kv_cache_interface")
    builder = real("vllm.v1.core.kv_cache_config_builder")
    planning = real("vllm.v1.core.kv_cache_planning")
    builder.get_kv_cache_config_builder = lambda _: planning.DefaultKVCacheConfigBuilder()
    for name in SPECS:
        base = getattr(interface, SHARES_WITH.get(name, name))
        registry.register(getattr(interface, name), manager_class=object, uniform_type_base_spec=base)
    states = real("vllm.model_executor.layers.mamba.mamba_utils")
    states.get_conv_state_layout = lambda: "SD"
    return Engine(interface, planning, layout["LBHNC"], states.MambaStateShapeCalculator)


def _stand_ins() -> None:
    for name in PACKAGES:
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    attributes: dict[str, dict[str, object]] = {
        **{name: {} for name in STANDINS},
        "vllm.logger": {"init_logger": Quiet},
        "vllm.distributed": {"divide": lambda whole, parts: whole // parts},
        "vllm.utils.torch_utils": {"get_dtype_size": lambda dtype: dtype.itemsize},
        "vllm.utils.mem_utils": {"format_gib": lambda size: f"{size / 2**30:.2f}"},
        "vllm.v1.attention.backend": {"MultipleOf": type("MultipleOf", (), {})},
        "vllm.v1.attention.backends.registry": {
            "MambaAttentionBackendEnum": type("Backends", (), {"MAMBA2": "mamba2", "GDN_ATTN": "gdn"})
        },
        "vllm.v1.core.kv_cache_utils": {"_kv_cache_device_name": lambda _: "GPU"},
        "vllm.v1.hisparse.layout": {"get_hisparse_kv_cache_groups": lambda *_: None},
        "torch": {"dtype": Number, "Tensor": type("Tensor", (), {})},
    }
    for name, values in attributes.items():
        module = MagicMock(name=name, **values)
        module.__spec__, module.__path__ = importlib.machinery.ModuleSpec(name, None), []
        sys.modules[name] = module
