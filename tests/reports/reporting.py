"""What the tests of reports share."""

from __future__ import annotations

import io

from llmlint.finding import FileResult, Finding, NotChecked, Span
from llmlint.reports import ReportOptions, begin
from llmlint.reports.summary import Tally

DEPLOYMENT = """\
model: meta-llama/Llama-3.1-70B-Instruct
precision: fp16
workload:
  context: 8192
  concurrency: 4
engine: vllm

machine:
  tier: professional
  ram: 128GB
  # two for now
  gpus: [{name: RTX 4090, count: 2}]
"""
VRAM = Finding(
    rule="vram-too-small",
    severity="error",
    message="needs 161.0 GB, the machine offers 48.0 GiB (51.5 GB)",
    file="deploy.yaml",
    span=Span(12, 10, 12, 36),
    path=("machine", "gpus", 0),
    label="2 × 24 GiB",
    notes=("70 B parameters × 2 bytes (fp16) × 1.15 (text) = 161.0 GB",),
    help="smallest change that fits: precision int4 (40.25 GB)",
    facts=(("estimate.needed", 161_000_000_000), ("vram.total", 51_539_607_552), ("machine.tier", None)),
)
UNKNOWN = NotChecked("ram-too-small-for-model", 0, ("ram.needed", "ram.total"), ("machine.ram", "model.parameters"))


def reported(*results: FileResult, form: str = "text", options: ReportOptions | None = None) -> str:
    """The report of some files."""
    out = io.StringIO()
    report, tally = begin(form, out, options or ReportOptions()), Tally()
    for result in results:
        report.file(result)
        tally.add(result)
    report.end(tally.summary())
    return out.getvalue()


def result(*findings: Finding, text: str = DEPLOYMENT, deployments: int = 1) -> FileResult:
    return FileResult("deploy.yaml", text, findings, deployments=deployments)


def at(line: int, column: int, end_column: int, end_line: int = 0, *, label: str = "") -> Finding:
    """A plain finding at a place."""
    span = Span(line, column, end_line or line, end_column)
    return Finding("some-rule", "warning", "something is wrong", "deploy.yaml", span, label=label)
