"""The names that faults have elsewhere find the rule of that meaning."""

from __future__ import annotations

from collections import Counter

import pytest

from llmlint.compiled.rules import RULES
from llmlint.linting import configured

NAMED_ELSEWHERE = {
    "cache-mount-unused": "model-cache-mounted-where-engine-does-not-look",
    "context-exceeds-model": "context-exceeds-model-maximum",
    "entrypoint-duplicated": "command-repeats-entrypoint",
    "environment-variable-deprecated": "deprecated-environment-name",
    "environment-variable-unknown": "unknown-engine-environment-name",
    "flag-and-value-in-one-item": "flag-and-value-in-one-argument",
    "flag-removed": "removed-flag",
    "flag-unknown": "unknown-flag",
    "gpu-label-unmatched": "accelerator-unknown",
    "gpu-type-unstated": "gpu-type-not-stated",
    "gpus-unused": "gpus-requested-but-unused",
    "image-older-than-model": "engine-too-old-for-model",
    "image-tag-floating": "floating-image-tag",
    "memory-fraction-too-high": "gpu-memory-utilization-too-high",
    "memory-limit-too-small": "memory-limit-tight",
    "parallelism-exceeds-gpus": "tensor-parallel-exceeds-gpus",
    "probe-kills-slow-load": "liveness-probe-kills-loading-model",
    "probe-missing": "missing-probes",
    "quantization-flag-mismatch": "quantization-flag-does-not-match-model",
    "quantization-slows": "quantization-flag-pins-slow-kernel",
    "rollout-needs-spare-gpu": "rolling-update-needs-spare-gpu",
    "secret-in-plain-text": "plaintext-secret",
    "service-name-clash": "service-name-shadows-engine-environment",
    "shared-memory-too-small": "tensor-parallel-without-shared-memory",
    "tensor-parallel-does-not-divide": "heads-not-divisible-by-tensor-parallel",
    "trust-remote-code-unneeded": "needless-trust-remote-code",
    "volume-too-small-for-model": "volume-smaller-than-model",
}

VARIANTS = {
    "context-length-left-to-engine": "context-length-unset",
    "gated-model-without-token-on-empty-cache": "gated-model-without-token",
    "gpu-not-requested-by-runtime-class": "gpu-not-requested",
    "liveness-probe-may-kill-loading-model": "liveness-probe-kills-loading-model",
    "plaintext-secret-placeholder": "plaintext-secret",
    "quantization-flag-may-pin-slow-kernel": "quantization-flag-pins-slow-kernel",
}
"""Rules that find cases of another's fault that weigh otherwise."""


@pytest.mark.parametrize(("name", "rule"), NAMED_ELSEWHERE.items())
def test_a_name_from_elsewhere_finds_its_rule(name: str, rule: str) -> None:
    assert [found.id for found in RULES if name in found.aliases] == [rule]


@pytest.mark.parametrize(("rule", "usual"), VARIANTS.items())
def test_a_case_that_weighs_otherwise_is_found_by_the_usual_id(rule: str, usual: str) -> None:
    own = {one.id: one.severity for one in RULES}[rule]
    assert {one.id for one in configured(RULES, {}, (usual,), ())} == {rule, usual}
    assert not {rule, usual} & {one.id for one in configured(RULES, {usual: "off"}, (), ())}
    levels = {one.id: one.severity for one in configured(RULES, {usual: "info", rule: own}, (), ())}
    assert (levels[usual], levels[rule]) == ("info", own)
    levels = {one.id: one.severity for one in configured(RULES, {usual: "info"}, (), ())}
    assert (levels[usual], levels[rule]) == ("info", own)


def test_every_name_is_one_rules() -> None:
    names = Counter(name for rule in RULES for name in (rule.id, *rule.aliases) if VARIANTS.get(rule.id) != name)
    assert [name for name, times in names.items() if times > 1] == []
