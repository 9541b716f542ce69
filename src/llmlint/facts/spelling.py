"""Facts about a model's id that may be misspelt."""

from __future__ import annotations

from llmlint.facts.fact import Flag, Group, Words, fact

NEAR = 0.7
"""Ratio of difflib from which a word is taken for a slip of another: two letters of nine."""


class SpellingFacts(Group):
    """The id of the model, as it is written."""

    @fact()
    def may_be_wrong(self) -> Flag:
        """Whether a manifest names a model of the hub that the catalogue does not know."""
        name = self.facts.deployment.model.id
        named = name is not None and name.count("/") == 1 and "$" not in name and not self.facts.model.is_local
        return self.facts.manifest.exists and named and self.facts.model.status == "unknown"

    @fact()
    def is_unlike_others(self) -> Flag:
        """Whether no model of the same owner has an id that differs in a few letters of one word alone."""
        return not self.meant

    @fact()
    def meant(self) -> Words:
        """The model that may have been meant; empty where none comes near."""
        written = self.facts.deployment.model.id or ""
        near = self.facts.catalogue.suggest_models(written)
        return next((name for name in near if _is_slip(written.lower(), name.lower())), "")


def _is_slip(written: str, known: str) -> bool:
    """Whether two ids have the same owner and words, but for a few letters of one."""
    import re
    from difflib import SequenceMatcher

    ours, theirs = re.split(r"[/_.-]", written), re.split(r"[/_.-]", known)
    differing = [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]
    if len(ours) != len(theirs) or len(differing) != 1:
        return False
    one, other = differing[0]
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", other) or min(len(one), len(other)) < 4:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEAR
