"""Files that a stranger might send, each named for what it is: small ones from the folder, giants made on the spot."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "hostile"
MEBIBYTE = 1 << 20


def hostile_files(*, giants: bool = True) -> dict[str, bytes]:
    """Name to content; none is longer than the byte cap but those named for it."""
    small = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if not path.name.startswith(".")}
    return {**small, **giant_files()} if giants else small


def giant_files() -> dict[str, bytes]:
    """Those that would fill a repository."""
    return {
        "over-the-byte-cap.yaml": b"a: 1\n" * (MEBIBYTE // 5 + 1),
        "brackets-500.yaml": b"[" * 500,
        "brackets-4000.yaml": b"[" * 4_000,
        "brackets-200000.yaml": b"[" * 200_000,
        "brackets-closed-200000.yaml": b"[" * 100_000 + b"]" * 100_000,
        "braces-200000.yaml": b"{" * 200_000,
        "dashes-100000.yaml": b"- " * 100_000,
        "question-marks-100000.yaml": b"? " * 100_000,
        "block-nesting-500.yaml": b"".join(b" " * level + b"a:\n" for level in range(500)),
        "brackets-in-quotes-100000.yaml": b'a: "' + b"[" * 60_000 + b'"\n',
        "aliases-nested-5000.yaml": b"- &a0 [x]\n" + b"".join(b"- &a%d [*a%d]\n" % (i, i - 1) for i in range(1, 5_000)),
        "aliases-200000.yaml": b"- &a [x]\n" + b"- *a\n" * 200_000,
        "merges-10000.yaml": b"a: &a {"
        + b", ".join(b"k%d: 1" % i for i in range(1_000))
        + b"}\nl:\n"
        + b"- {<<: *a}\n" * 9_000,
        "items-500000.yaml": b"[" + b"1," * 500_000 + b"]",
        "keys-20000.yaml": b"".join(b"key%d: 1\n" % i for i in range(20_000)),
        "keys-90000.yaml": b"".join(b"k%d: 1\n" % i for i in range(90_000)),
        "duplicate-keys-200000.yaml": b"a: 1\n" * 200_000,
        "complex-keys-100000.yaml": b"[a]: 1\n" * 100_000,
        "documents-200000.yaml": b"---\n" * 200_000,
        "tag-directives-60000.yaml": b"".join(b"%%TAG !a%d! x\n" % i for i in range(60_000)),
        "anchors-80000.yaml": b"".join(b"- &a%d x\n" % i for i in range(80_000)),
        "comments-500000.yaml": b"#\n" * 500_000,
        "blank-lines-1000000.yaml": b"\n" * 1_000_000,
        "one-line-1000000.yaml": b"a: " + b"x" * 1_000_000 + b"\n",
        "quoted-1000000.yaml": b'a: "' + b"x" * 1_000_000 + b'"\n',
        "unclosed-quote-1000000.yaml": b'a: "' + b"x" * 1_000_000,
        "block-scalar-300000-lines.yaml": b"a: |\n" + b" x\n" * 300_000,
        "long-key.yaml": b"? " + b"k" * 100_000 + b"\n: 1\n",
        "exclamation-marks-1000000.yaml": b"!" * 1_000_000,
        "escapes-150000.json": b'["' + b"\\u0041" * 150_000 + b'"]',
        "surrogate-pairs-80000.json": b'["' + b"\\ud83d\\ude00" * 80_000 + b'"]',
        "templates-300000.yaml": b"{{ " * 300_000,
        "digits-1000000.yaml": b"1" * 1_000_000,
        "version-of-1000000-digits.yaml": b"%YAML 1." + b"3" * 1_000_000 + b"\n---\na: 1\n",
        "bell-at-the-end.yaml": b"a" * 1_000_000 + b"\x07",
        "random-bytes.yaml": bytes((i * i * 31 + i) % 251 for i in range(100_000)),
    }
