"""Deployments that are well formed and still meant to take for ever: each is long in what some step walks."""

from __future__ import annotations

HEAD = b"model: llama\nprecision: fp16\n"


def hostile_deployments() -> dict[str, bytes]:
    """Name to content."""
    return {
        "blank-lines-and-a-schema.yaml": b"\n" * 1_000_000 + b"$schema",
        "blank-lines-and-a-bracket.yaml": b"\n" * 1_000_000 + b"[",
        "modelines.yaml": (b"# $schema=llmlint " * 50 + b"\n") * 1_000 + b"[",
        "long-modeline.yaml": b"# $schema=" * 50_000 + b"llmlint" * 50_000 + b"\n[",
        "unknown-keys.yaml": HEAD + b"".join(b"key%d: 1\n" % i for i in range(60_000)),
        "unknown-keys-within-bounds.yaml": HEAD + b"".join(b"key%d: 1\n" % i for i in range(2_900)),
        "misspelt-cards.yaml": HEAD + b"machine:\n  gpus:\n" + b"".join(b"  - {nme: %d}\n" % i for i in range(1_450)),
        "unknown-cards.yaml": HEAD + b"machine:\n  gpus:\n" + b"".join(b"  - Foo %d\n" % i for i in range(2_900)),
        "cards-as-numbers.yaml": HEAD + b"machine:\n  gpus:\n" + b"".join(b"  - %d\n" % i for i in range(90_000)),
        "known-cards.yaml": HEAD + b"machine:\n  gpus:\n" + b"  - L4\n" * 2_900,
        "layers.yaml": b"model: {id: a, architecture: {hidden: 1, vocab: 1, groups: [" + b"{n: 1}," * 950 + b"]}}",
        "arguments.yaml": HEAD + b"engine: {name: vllm, args: [" + b"--a=b, " * 90_000 + b"]}\n",
        "deployments.yaml": b"---\nmodel: llama\nprecision: int4\nmachine: {gpus: [RTX 4090], shared: x}\n" * 999,
        "unknown-deployments.yaml": b"".join(
            b"---\nmodel: llamma-%d\nprecision: int4\nmachine: {gpus: [RTX 49%d], instance: aws/g66.%d}\n" % (i, i, i)
            for i in range(999)
        ),
        "deployments-full-of-mistakes.yaml": b"---\nmodell: a\nprecision: int5\nmachine: {gpus: 7, ram: 8G}\n" * 999,
        "comments.yaml": HEAD + b"# llmlint: ignore[vram-too-small] x\n" * 20_000,
        "misspelt-comments.yaml": HEAD + b"# llmlint: ignroe vram-too-small x\n" * 20_000,
        "long-name.yaml": HEAD + b"name: " + b"x" * 65_000 + b"\n",
        "escapes.yaml": b'model: "\\e]0;own\\a\\e[2J\\n::error::x##[error]y"\nprecision: int4\n',
        "aliases.yaml": b"a: &a [1,1,1,1]\nb: &b [*a,*a,*a]\nmodel: x\nprecision: *b\nmachine: {gpus: *b}\n",
    }
