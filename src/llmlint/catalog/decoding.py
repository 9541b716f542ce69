"""Rows from the JSON objects of the data files, whose fields docs/catalogue.md describes."""

from __future__ import annotations

from llmlint.catalog.rows import Accelerator, Cache, Ffn, LayerGroup, Machine, Mixer, Model, Quantisation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

GIB = 2**30
MIB = 2**20
TYPICAL_VISIBLE = 0.97
"""Programs see 97.3 to 99.5 percent of what the driver reports (public logs, Linux); the lower end, rounded."""
TYPICAL_OF_SOLD = 0.91
"""The same, of the size sold read in GiB, where nobody has seen what the driver reports (6.3 percent less, then 3)."""
_METHODS = {"fp8": "fp8", "fbgemm_fp8": "fp8", "mxfp4": "mxfp4", "awq": "awq", "gptq": "gptq", "NVFP4": "nvfp4"}


def model(row: Mapping[str, Any]) -> Model:
    """A row of models.jsonl."""
    counts = row["params"]
    has_layers = row["groups"] is not None
    return Model(
        id=row["id"],
        aliases=tuple(row["aliases"]),
        ollama=tuple(row.get("ollama", ())),
        category=row["category"],
        thinking=row.get("thinking"),
        parameters=counts["text"] + (counts["vision"] or 0) if has_layers else counts["total"],
        stored=counts["total"],
        active=counts["active"],
        text=counts["text"],
        vision=counts["vision"],
        mtp=counts["mtp"],
        extra=counts["extra"],
        published=counts["published"],
        arch=row.get("arch"),
        hidden=row["hidden"],
        vocab=row["vocab"],
        tied=row["tied"],
        norm_bias=row.get("norm_bias", False),
        head_bias=row.get("head_bias", False),
        encoder=row.get("encoder", False),
        max_ctx=row["max_ctx"],
        groups=tuple(map(group, row["groups"])) if has_layers else None,
        kv16=Cache(**row["kv16"]) if row["kv16"] is not None else None,
        state32=row["state32"],
        dtype=row.get("dtype"),
        quant=quantisation(row["quant"]) if row.get("quant") else None,
        license=row["license"],
        released=row.get("released"),
        quality=row["quality"],
        check=row["check"],
        prov=tuple(row["prov"]),
        notes=tuple(row.get("notes", ())),
    )


def group(row: Mapping[str, Any]) -> LayerGroup:
    """Layers of equal structure."""
    mixer = dict(row["mixer"])
    indexer = mixer.pop("indexer", None)
    if indexer:
        mixer |= {"indexer_heads": indexer["heads"], "indexer_dim": indexer["dim"]}
    return LayerGroup(row["n"], Mixer(**mixer), Ffn(**row["ffn"]), row["norms"], row.get("extra", 0))


def quantisation(config: Mapping[str, Any]) -> Quantisation:
    """The `quantization_config` of a checkpoint."""
    method = config["quant_method"]
    bits = config.get("num_bits")
    precision = _METHODS.get(config.get("quant_algo", method)) or (f"int{bits}" if bits in (4, 8) else None)
    group = config.get("weight_block_size") or ([config["group_size"]] if "group_size" in config else ())
    return Quantisation(method, precision, bits, tuple(group))


def accelerator(row: Mapping[str, Any]) -> Accelerator:
    """A row of accelerators.jsonl."""
    memory = row["memory"]
    reported = _reported(memory["reported_mib"])
    visible, basis = usable(memory, reported, row["devices_per_card"])
    return Accelerator(
        id=row["id"],
        vendor=row["vendor"],
        name=row["name"],
        arch=row["arch"],
        cc=row["cc"],
        memory_bytes=int(memory["marketed_gb"] * GIB) if memory["marketed_gb"] is not None else None,
        reported_bytes=reported * MIB if reported is not None else None,
        usable_bytes=visible,
        usable_basis=basis,
        devices_per_card=row["devices_per_card"],
        unified=row["unified"],
        bandwidth=row["bw_gbs"] * 1e9 if row["bw_gbs"] is not None else None,
        dense_tflops=tuple(row.get("dense_tflops", {}).items()),
        tdp_w=row["tdp_w"],
        link=row.get("link"),
        formats=tuple(row.get("formats", ())),
        labels=tuple((tool, tuple(names)) for tool, names in row.get("labels", {}).items()),
        ram_options_gb=tuple(row.get("ram_options_gb", ())),
        released=row.get("released"),
        aliases=tuple(row.get("aliases", ())),
        quality=row["quality"],
        prov=tuple(row["prov"]),
        notes=tuple(row.get("notes", ())),
    )


def _reported(seen: Mapping[str, Any] | None) -> int | None:
    """MiB: with ECC on, as data-centre cards are delivered, else the only value, else the least of several."""
    if seen is None:
        return None
    values = [seen[name] for name in ("ecc_on", "any", "ecc_off") if seen.get(name) is not None]
    return values[0] if values else min(seen.get("seen", ()), default=None)


def usable(memory: Mapping[str, Any], reported: int | None, devices: int) -> tuple[int | None, Any]:
    """Bytes that programs can use, and how well that is founded."""
    if memory["cuda_total_mib"] is not None:
        return memory["cuda_total_mib"]["min"] * MIB * devices, "measured"
    if reported is not None and memory["reserved_mib"]:
        return (reported - max(memory["reserved_mib"])) * MIB, "reserved"
    if reported is not None:
        return int(reported * MIB * TYPICAL_VISIBLE), "estimated"
    if memory["marketed_gb"] is not None:
        return int(memory["marketed_gb"] * GIB * TYPICAL_OF_SOLD), "estimated"
    return None, None


def machine(row: Mapping[str, Any]) -> Machine:
    """A row of machines.jsonl."""
    return Machine(
        id=row["id"],
        accelerator=row["accelerator"],
        count=row["count"],
        partition=row["partition"],
        vcpu=row["vcpu"],
        ram_bytes=row["ram_mib"] * MIB if row["ram_mib"] is not None else None,
        disk_bytes=row["local_disk_gb"] * 10**9 if row["local_disk_gb"] is not None else None,
        disk_kind=row["local_disk_kind"],
        cpu_arch=tuple(row["cpu_arch"]),
        aliases=tuple(row.get("aliases", ())),
        quality=row["quality"],
        prov=tuple(row["prov"]),
        as_of=row["as_of"],
        notes=tuple(row.get("notes", ())),
    )
