"""The deployment file: what a person plans, key by key. The source of the schema that editors use and of the checks.

A key that is absent, or has no value, is unknown; what absence means for a rule is said with the facts.
Linting runs the compiled form of these models (`shape.py`), so nothing on the hot path imports this module.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import Field

from llmlint.precision import NAMES as PRECISIONS
from llmlint.written import (
    Count,
    Memory,
    NotNegative,
    Number,
    OneOrMany,
    Parameters,
    Part,
    Power,
    Spellings,
    Storage,
    Text,
)

PrecisionName: TypeAlias = Annotated[str, Spellings(*PRECISIONS)]
CacheName: TypeAlias = Annotated[str, Spellings("auto", "fp8_e4m3", "fp8_e5m2", *PRECISIONS)]
Category: TypeAlias = Literal["text", "coding", "reasoning", "audio", "video", "image", "multimodal", "embedding"]
Scalar: TypeAlias = str | int | float | bool


class Mixer(Part):
    """How the layers of a group mix tokens: attention or a recurrent substitute."""

    kind: Literal["gqa", "mla", "gdn", "mamba2", "shortconv", "none"]
    """gqa covers multi-head, grouped and multi-query attention; mla is DeepSeek's latent attention."""
    heads: Count | None = None
    """Query heads."""
    kv_heads: Count | None = None
    """Key and value heads."""
    head_dim: Count | None = None
    """Width of a head."""
    v_head_dim: Count | None = None
    """Width of a value head, where it differs."""
    window: Count | None = None
    """Tokens of the sliding window."""
    chunked: bool | None = None
    """The window is cut in chunks instead of sliding."""
    qkv_bias: bool | None = None
    """The projections have biases."""
    o_bias: bool | None = None
    """The output projection has a bias."""
    qk_norm: Literal["head", "full"] | None = None
    """Queries and keys are normalised per head or as a whole."""
    gate: bool | None = None
    """The attention output is gated."""
    sinks: bool | None = None
    """Each head has an attention sink."""
    k_eq_v: bool | None = None
    """Values share the keys' projection."""
    q_lora: Count | None = None
    """mla: rank of the query projection."""
    kv_lora: Count | None = None
    """mla: rank of the compressed keys and values, which is what is cached."""
    nope: Count | None = None
    """mla: width without rotary position."""
    rope: Count | None = None
    """mla: width with rotary position."""
    v: Count | None = None
    """mla: width of a value head."""
    indexer: dict[str, int] | None = None
    """mla: heads and dim of a sparse-attention indexer."""
    k_heads: Count | None = None
    """gdn: key heads."""
    v_heads: Count | None = None
    """gdn: value heads."""
    k_dim: Count | None = None
    """gdn: width of a key head."""
    v_dim: Count | None = None
    """gdn: width of a value head."""
    conv: Count | None = None
    """gdn, mamba2, shortconv: length of the convolution."""
    groups: Count | None = None
    """mamba2: state groups."""
    state: Count | None = None
    """mamba2: state size."""
    dim: Count | None = None
    """shortconv: width."""


class Ffn(Part):
    """The feed-forward block of the layers of a group."""

    kind: Literal["dense", "moe", "none"]
    """dense, or a mixture of experts."""
    inter: Count | None = None
    """Width of the block, or of one expert."""
    gated: bool | None = None
    """Three matrices instead of two; true if not written."""
    bias: bool | None = None
    """The matrices have biases."""
    experts: Count | None = None
    """moe: experts, all of which are resident."""
    active: Count | None = None
    """moe: experts that a token is routed to."""
    shared: NotNegative | None = None
    """moe: experts that every token passes."""
    shared_inter: Count | None = None
    """moe: width of a shared expert."""
    router_bias: bool | None = None
    """moe: the router has a bias."""
    shared_gate: bool | None = None
    """moe: the shared experts are gated."""
    latent: Count | None = None
    """moe: width that the experts work in, where it is not the model's."""
    dense_inter: Count | None = None
    """moe: width of a dense block beside the experts."""


class LayerGroup(Part):
    """Layers of equal structure."""

    n: Count
    """How many layers."""
    mixer: Mixer
    """Attention or its substitute."""
    ffn: Ffn
    """The feed-forward block."""
    norms: NotNegative = 2
    """Norm vectors in a layer."""
    extra: NotNegative = 0
    """Other parameters in a layer."""


class Architecture(Part):
    """The shape of a model that the catalogue does not know, in the catalogue's own fields."""

    hidden: Count | None = None
    """Width of the model."""
    vocab: Count | None = None
    """Rows of the vocabulary."""
    tied: bool | None = None
    """Embedding and output head are one matrix."""
    max_ctx: Count | None = None
    """The longest context it was made for, in tokens."""
    groups: list[LayerGroup] | None = None
    """Its layers, those of equal structure together."""


class Model(Part):
    """What is run. An id alone will do, or a parameter count alone."""

    shorthand: ClassVar[str | None] = "id"

    id: Text | None = Field(
        default=None, examples=["meta-llama/Llama-3.1-8B-Instruct", "llama3.1:8b", "./models/my-model", "model.gguf"]
    )
    """Catalogue id or alias, Hugging Face id, Ollama tag, local folder, or .gguf file."""
    parameters: Parameters | None = None
    """How many parameters the model has; suffices for a model that nobody has catalogued."""
    active_parameters: Parameters | None = None
    """How many of them one token uses, in a mixture of experts."""
    category: Category | None = None
    """What kind of model it is, which decides the overhead factor. From the catalogue if not written, else text."""
    architecture: Architecture | None = None
    """Its layers, for a model that the catalogue does not know."""
    path: Text | None = None
    """Where its files lie on this machine: a Hugging Face folder or a .gguf file, read for exact sizes."""
    revision: Text | None = None
    """Branch, tag or commit of the repository."""
    source: Literal["hub", "local"] | None = None
    """Whether the weights are downloaded at start (hub) or already lie on the machine (local)."""


class Precision(Part):
    """Number formats. The weights' alone will do."""

    shorthand: ClassVar[str | None] = "weights"

    weights: PrecisionName | None = Field(default=None, examples=["fp16", "int4", "awq", "q4_k_m"])
    """Of the weights; the checkpoint's own if not written, else fp16."""
    kv_cache: CacheName | None = None
    """Of the KV cache; the engine's default if not written."""
    activations: PrecisionName | None = None
    """Of the arithmetic."""


class Targets(Part):
    """Speeds that the deployment should reach."""

    tokens_per_second: Number | None = None
    """Tokens a second that one request should receive."""
    first_token_seconds: Number | None = None
    """Seconds until the first token at the latest."""


class Workload(Part):
    """What is asked of the model."""

    purpose: Literal["inference", "training", "fine-tuning"] | None = None
    """Inference if not written; only that is estimated."""
    context: Count | None = Field(default=None, examples=[8192])
    """Tokens of a request, prompt and answer together."""
    concurrency: Count | None = Field(default=None, examples=[4])
    """Requests in flight at once."""
    offload: Literal["none", "cpu", "disk"] | None = None
    """Where layers go that do not fit the VRAM; none if not written, so that what does not fit is a fault."""
    targets: Targets | None = None
    """Speeds that the deployment should reach."""


class Engine(Part):
    """The program that serves the model."""

    shorthand: ClassVar[str | None] = "name"

    name: Literal["vllm", "sglang", "llama.cpp", "ollama", "tgi", "tensorrt-llm", "transformers", "mlx"]
    """Which engine."""
    version: Text | None = Field(default=None, examples=["0.33.0"])
    """Its version, in quotes where it looks like a number; the newest known if not written."""
    args: list[Scalar] | dict[str, Any] | str | None = Field(
        default=None, examples=[["--tensor-parallel-size=2", "--gpu-memory-utilization=0.92"]]
    )
    """Its options in its own words: a list, a mapping or one string."""


class Gpu(Part):
    """Accelerators of one kind. A name alone will do."""

    shorthand: ClassVar[str | None] = "name"

    name: Text | None = Field(default=None, examples=["RTX 4090", "H100 SXM", "NVIDIA-L40S"])
    """As sold, as the driver prints it, or as a node label has it."""
    count: Count = 1
    """How many of them."""
    memory: Memory | None = None
    """Of one of them; from the catalogue if not written."""
    interconnect: Literal["nvlink", "pcie", "xgmi", "infiniband", "ethernet"] | None = None
    """What joins them."""


class StorageDevice(Part):
    """The storage that holds the model. A size alone will do: it is then the capacity."""

    shorthand: ClassVar[str | None] = "capacity"

    kind: Literal["nvme", "ssd", "hdd", "network"] | None = None
    """What it is made of."""
    capacity: Storage | None = None
    """How large it is."""
    free: Storage | None = None
    """How much of it is free; the capacity if not written."""


class Machine(Part):
    """The target machine. A cloud instance type alone will do."""

    shorthand: ClassVar[str | None] = "instance"

    instance: Text | None = Field(default=None, examples=["aws/g6.xlarge", "gcp/a2-highgpu-1g"])
    """A cloud instance type; it fills in whatever is not written."""
    shared: Text | None = None
    """A name for the machine where several deployments of this file run on it; their needs are added up."""
    tier: Literal["entry", "mid", "professional"] | None = None
    """What class of machine it is meant to be; its minimums are then checked."""
    cpu: Text | None = Field(default=None, examples=["AMD Ryzen 9 7950X", "Intel Core i7-12700K"])
    """The processor by its name."""
    ram: Memory | None = None
    """System memory; with unified memory the pool that CPU and GPU share."""
    unified_memory: bool | None = None
    """CPU and GPU share one memory (Apple M-series and others of the kind)."""
    gpus: Annotated[list[Gpu], OneOrMany()] | None = Field(
        default=None, examples=[[{"name": "RTX 4090", "count": 2}], []]
    )
    """The accelerators; an empty list says that there are none."""
    storage: StorageDevice | None = None
    """The storage that holds the model."""
    psu: Power | None = None
    """What the power supply can give."""
    cooling: Text | None = None
    """How the machine is cooled, in your own words."""
    network: Literal["online", "isolated"] | None = None
    """Whether the machine can reach the internet."""


class Probe(Part):
    """One of a container's health checks, in seconds."""

    path: Text | None = None
    """The HTTP path that is asked."""
    port: Count | None = None
    """The port that is asked."""
    initial_delay: NotNegative | None = None
    """Seconds before the first check."""
    period: Count | None = None
    """Seconds between checks."""
    timeout: Count | None = None
    """Seconds that an answer may take."""
    failure_threshold: Count | None = None
    """Failed checks in a row that count as a failure."""


class Probes(Part):
    """A container's health checks."""

    startup: Probe | None = None
    """Holds the other two back until the engine has started."""
    liveness: Probe | None = None
    """Restarts the container when it fails."""
    readiness: Probe | None = None
    """Takes the container out of service while it fails."""


class Volume(Part):
    """Storage that a container sees."""

    mount: Text
    """Where the container sees it."""
    kind: Literal["persistent", "ephemeral", "memory", "host", "config", "secret"] | None = None
    """What becomes of it when the container ends."""
    size: Storage | None = None
    """How much it holds."""
    read_only: bool | None = None
    """Whether the container may not write to it."""


class Resources(Part):
    """What a container is granted, or may use at most."""

    cpu: Number | None = None
    """Processor cores."""
    memory: Memory | None = None
    """System memory."""
    ephemeral_storage: Storage | None = None
    """Scratch storage."""
    gpus: NotNegative | None = None
    """Accelerators."""


class Container(Part):
    """What a manifest says beside the plan: how the engine's container is run."""

    image: Text | None = Field(default=None, examples=["vllm/vllm-openai:v0.33.0"])
    """The image, with its tag or digest."""
    entrypoint: list[str] | None = None
    """What replaces the image's own entrypoint."""
    environment: dict[str, Scalar | None] | None = None
    """Environment variables."""
    volumes: list[Volume] | None = None
    """The storage that it sees."""
    shared_memory: Memory | None = None
    """Size of /dev/shm."""
    limits: Resources | None = None
    """What it may use at most."""
    requests: Resources | None = None
    """What it is granted."""
    ports: list[Count] | None = None
    """The ports that it listens on."""
    probes: Probes | None = None
    """Its health checks."""
    replicas: NotNegative | None = None
    """How many copies of it run."""
    strategy: Literal["rolling-update", "recreate"] | None = None
    """How a new version replaces the old one."""


class Deployment(Part):
    """A planned deployment of a large language model: what runs, how, and on what machine."""

    extensions: ClassVar[bool] = True

    name: Text | None = None
    """A label for this deployment in reports."""
    model: Model
    """What is run."""
    precision: Precision | None = None
    """Number formats of weights and cache."""
    workload: Workload | None = None
    """What is asked of the model."""
    engine: Engine | None = None
    """The program that serves the model."""
    machine: Machine | None = None
    """The target machine."""
    container: Container | None = None
    """How the engine's container is run, where it is run in one."""
