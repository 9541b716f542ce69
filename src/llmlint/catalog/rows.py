"""What is known of a model, an accelerator, a machine type or a processor. Sizes are bytes, None is unknown."""

from __future__ import annotations

from llmlint.catalog.record import Record
from llmlint.typed import Generic, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal, TypeAlias

Category: TypeAlias = 'Literal["text", "coding", "reasoning", "audio", "video", "image", "multimodal", "embedding"]'
Basis: TypeAlias = """Literal[
    "catalogue",  # the id itself, as spelled there
    "alias",  # another name of the same thing
    "user",  # a row of the user's own catalogue
    "derived-from-name",  # a quantised or mirrored copy of the row's model, recognised by its name
    "candidates-agree",  # the name fits several rows that agree on everything used
    "least-memory",  # the name fits several accelerators; the one with the least memory stands for them
    "local",  # read from the user's files
    "none",
]"""
Status: TypeAlias = 'Literal["found", "agreed", "ambiguous", "closed", "unknown"]'


class Mixer(Record):
    """How a layer mixes tokens. Numbers that its kind does not have are 0."""

    kind: Literal["gqa", "mla", "gdn", "mamba2", "shortconv", "none"]
    """gqa: multi-head, grouped, multi-query attention; mla: latent attention; the others keep a state of fixed size."""
    heads: int = 0
    """Query heads."""
    kv_heads: int = 0
    head_dim: int = 0
    v_head_dim: int | None = None
    """Width of a value head where it is not `head_dim`."""
    window: int | None = None
    """Tokens that the layer looks back; None for all of them."""
    chunked: bool = False
    qkv_bias: bool = False
    o_bias: bool = False
    qk_norm: Literal["head", "full"] | None = None
    gate: bool = False
    sinks: bool = False
    k_eq_v: bool = False
    q_lora: int | None = None
    """mla: rank of the query projection; None where queries are not compressed."""
    kv_lora: int = 0
    nope: int = 0
    rope: int = 0
    v: int = 0
    """mla: width of a value head."""
    indexer_heads: int = 0
    """mla: heads of the sparse-attention indexer; 0 without one."""
    indexer_dim: int = 0
    k_heads: int = 0
    v_heads: int = 0
    k_dim: int = 0
    v_dim: int = 0
    conv: int = 0
    """gdn, mamba2, shortconv: length of the convolution."""
    groups: int = 0
    state: int = 0
    dim: int = 0
    """shortconv: width."""


class Ffn(Record):
    """The feed-forward block of a layer. Numbers that its kind does not have are 0."""

    kind: Literal["dense", "moe", "none"]
    inter: int = 0
    """Width of the block, or of one expert."""
    gated: bool = True
    """Three matrices instead of two."""
    bias: bool = False
    experts: int = 0
    active: int = 0
    """Experts that a token is routed to."""
    shared: int = 0
    """Experts that every token passes."""
    shared_inter: int = 0
    router_bias: bool = False
    shared_gate: bool = False
    latent: int | None = None
    """Width that the experts work in where it is not the model's."""
    dense_inter: int = 0
    """Width of a dense block beside the experts."""


class LayerGroup(Record):
    """Layers of equal structure; their order in the model is not kept."""

    n: int
    """How many layers."""
    mixer: Mixer
    ffn: Ffn
    norms: int = 2
    """Norm vectors in a layer."""
    extra: int = 0
    """Other parameters in a layer."""


class Cache(Record):
    """Bytes of the 16-bit KV cache for one token, over all layers."""

    full: int
    """Layers that keep every token."""
    sliding: int
    """Layers that keep the last `window` tokens."""
    window: int | None


class Quantisation(Record):
    """How a checkpoint is quantised."""

    method: str
    """As its config.json names it: fp8, awq, gptq, mxfp4, modelopt, compressed-tensors, …"""
    precision: str | None = None
    """The same in the words of a deployment file (fp8, int4, awq, nvfp4, …); None where it has none."""
    bits: int | None = None
    group: tuple[int, ...] = ()
    """Elements that share a scale: one number, or two for blocks."""


class Model(Record):
    """A model: how large it is, and of what layers where that is known."""

    id: str
    aliases: tuple[str, ...] = ()
    ollama: tuple[str, ...] = ()
    """Ollama tags without a suffix for quantisation."""
    category: Category = "text"
    thinking: Literal["always", "switchable"] | None = None
    parameters: int | None = None
    """Those that an engine loads: text and vision. All that are stored where no more is known."""
    stored: int | None = None
    """Parameters of the checkpoint: text, vision, multi-token prediction and copies."""
    active: int | None = None
    """Parameters of the text tower that one token uses."""
    text: int | None = None
    vision: int | None = None
    mtp: int | None = None
    """Multi-token prediction: loaded only for speculative decoding."""
    extra: int | None = None
    """Stored but not loaded a second time, such as a copy of tied embeddings."""
    published: int | None = None
    """The count that a source states."""
    arch: str | None = None
    """`model_type` of its config.json, or the GGUF architecture."""
    hidden: int | None = None
    vocab: int | None = None
    tied: bool | None = None
    """Embedding and output head are one matrix."""
    norm_bias: bool = False
    head_bias: bool = False
    encoder: bool = False
    """It generates nothing and keeps no cache."""
    max_ctx: int | None = None
    """The longest context in tokens."""
    groups: tuple[LayerGroup, ...] | None = None
    kv16: Cache | None = None
    """None: do not estimate a cache from this row."""
    state32: int = 0
    """Bytes of fp32 recurrent state for one sequence."""
    dtype: str | None = None
    """Type of the checkpoint's tensors: bfloat16, float16, float32."""
    quant: Quantisation | None = None
    """Set where the checkpoint itself is quantised."""
    downloadable: bool = True
    """False for models whose weights are not published."""
    license: str | None = None
    released: str | None = None
    quality: str = ""
    """How well the row is founded, from A (the vendor's config) to E (a rounded size in a document)."""
    check: str = ""
    """How its recomputed count compares with the published one."""
    prov: tuple[str, ...] = ()
    """Keys of sources.json."""
    notes: tuple[str, ...] = ()
    checkpoint_bytes: int | None = None
    """Exact size of the weights' tensors; from local files only."""

    @property
    def layers(self) -> int | None:
        """How many layers; None where they are not known."""
        return sum(group.n for group in self.groups) if self.groups is not None else None


class Accelerator(Record):
    """A GPU or another accelerator, as one card is sold."""

    id: str
    vendor: str = ""
    name: str = ""
    """As marketed, for messages: RTX 4090, A100 40GB (SXM), Apple M2 Max."""
    arch: str | None = None
    cc: str | None = None
    """CUDA compute capability."""
    memory_bytes: int | None = None
    """Memory as sold, GB read as 2³⁰; None where it is the machine's own RAM (Apple, Strix Halo) and none was named."""
    reported_bytes: int | None = None
    """What the driver reports (nvidia-smi), ECC on where that matters."""
    usable_bytes: int | None = None
    """The least that programs saw, else estimated from what is reported; None without either (see `usable_basis`)."""
    usable_basis: Literal["measured", "reserved", "estimated"] | None = None
    """measured: programs saw it; reserved: reported less what the driver keeps; estimated: a typical share of it."""
    devices_per_card: int = 1
    """2 where one card shows up as two devices of half the memory (MI250)."""
    unified: bool = False
    """Shares its memory with the CPU."""
    bandwidth: float | None = None
    """Of its memory, bytes a second."""
    dense_tflops: tuple[tuple[str, float], ...] = ()
    """Format and TFLOPS without sparsity."""
    tdp_w: int | None = None
    """Rated power in watts."""
    link: str | None = None
    formats: tuple[str, ...] = ()
    """Number formats that its arithmetic units take."""
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Names by the tool that uses them: gfd, gke, karpenter, dstack."""
    ram_options_gb: tuple[int, ...] = ()
    """Sizes that the chip's shared memory is sold in."""
    released: str | None = None
    aliases: tuple[str, ...] = ()
    quality: str = ""
    prov: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Machine(Record):
    """A cloud's machine type."""

    id: str
    """Provider and type: aws/g6.xlarge."""
    accelerator: str
    """Id of an accelerator."""
    count: int = 1
    partition: float = 1.0
    """The share of one accelerator that the machine gets."""
    vcpu: int | None = None
    ram_bytes: int | None = None
    disk_bytes: int | None = None
    """Local disks; None = not known, 0 = none."""
    disk_kind: Literal["nvme", "ssd", "none"] | None = None
    cpu_arch: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    quality: str = ""
    prov: tuple[str, ...] = ()
    as_of: str | None = None
    notes: tuple[str, ...] = ()


Floor: TypeAlias = 'Literal["cpu-entry", "gpu-mid", "professional"]'


class Cpu(Record):
    """What a processor's name says of it."""

    series: str
    """vendor.series: intel.core, amd.ryzen, apple.m, …"""
    tier: int | None
    """Rank within the series: 3, 5, 7, 9 as in the names; 11 for server parts."""
    generation: int | None
    name: str
    tdp_w: int | None = None
    """Rated power in watts, for the processors that the catalogue lists."""
    floors: tuple[tuple[Floor, tuple[int, int] | None], ...] = ()
    """The least tier and generation of this series that reaches each floor; None where nobody has decided."""

    def meets(self, floor: Floor) -> bool | None:
        """Whether it reaches a floor: tier and generation both, since a higher tier excuses no older generation."""
        least = dict(self.floors).get(floor)
        if least is None or self.tier is None or self.generation is None:
            return None
        return self.tier >= least[0] and self.generation >= least[1]


Row = TypeVar("Row", Model, Accelerator, Machine)


class Match(Record, Generic[Row]):
    """The answer to a name: one row, or several, or none, and on what ground."""

    name: str
    """As it was asked for."""
    row: Row | None = None
    basis: Basis = "none"
    candidates: tuple[Row, ...] = ()
    """The rows that the name fits, where it fits several; `row` may still be set, see `basis`."""
    why: str = ""
    """Why the name is ambiguous, means nothing, or names what cannot be downloaded."""
    parameters_agree: int | None = None
    """The largest parameter count of the candidates, where they differ by 2 percent or less."""
    precision: str | None = None
    """Number format of the weights in a deployment file's words: as the name says, else as the checkpoint has it."""

    @property
    def status(self) -> Status:
        """found or agreed: use `row`; ambiguous: see `candidates`; closed: not downloadable; unknown: nothing."""
        if isinstance(self.row, Model) and not self.row.downloadable:
            return "closed"
        if self.candidates:
            return "agreed" if self.basis == "candidates-agree" else "ambiguous"
        return "found" if self.row is not None else "unknown"
