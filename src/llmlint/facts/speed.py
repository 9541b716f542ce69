"""Facts about how fast the plan serves, and about the speeds that it should reach."""

from __future__ import annotations

from llmlint.facts.fact import Group, Number, Words, fact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from llmlint.catalog.rows import Accelerator
    from llmlint.engines.speed import Speed, Work


class SpeedFacts(Group):
    """How fast the plan serves: an estimate from bandwidth and measured constants of the class of device."""

    @fact()
    def estimate(self) -> Speed | None:
        """Tokens a second and their interval. Not for rules."""
        work, row = self._work(), self._row()
        if work is None or row is None:
            return None
        from llmlint.engines.speed import speed

        return speed(row, work)

    @fact("machine.gpus", "model.parameters")
    def decode(self) -> Number | None:
        """Tokens a second that one request likely receives."""
        return self.estimate.decode.likely if self.estimate is not None else None

    @fact("machine.gpus", "model.parameters")
    def decode_at_best(self) -> Number | None:
        """Tokens a second at the upper end of the interval."""
        return self.estimate.decode.high if self.estimate is not None else None

    @fact()
    def decode_shown(self) -> Words:
        """The likely speed for messages."""
        return shown(self.decode or 0)

    @fact()
    def interval(self) -> Words:
        """The interval and what it rests on."""
        found = self.estimate
        if found is None:
            return "the speed is not known"
        reached = "" if found.decode.high >= (self.decode_wanted or 0) else ", below what is wanted even at best"
        return f"{shown(found.decode.low)} to {shown(found.decode.high)} tokens a second{reached}; {found.basis}"

    @fact()
    def change(self) -> Words:
        """What would make it faster: the bandwidth or the bytes that are read for a token."""
        wanted, likely, row = self.decode_wanted or 0, self.decode or 0, self._row()
        if not likely or row is None or not row.bandwidth:
            return "fewer bytes for a token, or more bandwidth"
        present, needed = row.bandwidth / 1e9, row.bandwidth * wanted / likely / 1e9
        smaller = f"weights of about {likely / wanted:.0%} of their size"
        return f"{smaller}, or some {needed:,.0f} GB/s of bandwidth instead of {present:,.0f}"

    @fact("workload.targets.tokens_per_second")
    def decode_wanted(self) -> Number | None:
        """Tokens a second that one request should receive."""
        workload = self.facts.deployment.workload
        targets = workload.targets if workload is not None else None
        return targets.tokens_per_second if targets is not None else None

    def _row(self) -> Accelerator | None:
        """The device that the model runs on; None for several kinds, or where it is offloaded in part."""
        cards = self.facts.gpu.cards or ()
        if len(cards) != 1 or self.facts.offload.bytes:
            return None
        return cards[0].row

    def _work(self) -> Work | None:
        engine, weights = self.facts.deployment.engine, self._weights()
        parameters = self.facts.model.active_parameters or self.facts.model.parameters
        if engine is None or weights is None or parameters is None:
            return None
        from llmlint.engines.speed import Work, read_per_token

        row, workload = self.facts.model.row, self.facts.deployment.workload
        outcome = self.facts.engine.outcome
        cache = outcome.cache if outcome is not None else None
        return Work(
            engine=engine.name,
            weights=read_per_token(row, weights) if row is not None else weights,
            bits=self.facts.precision.bits,
            parameters=parameters,
            layers=row.layers if row is not None else None,
            cache=cache.bytes_per_token if cache is not None else None,
            depth=(workload.context or 0) if workload is not None else 0,
            requests=(workload.concurrency or 1) if workload is not None else 1,
            mixture=row is not None and row.active is not None and row.active < (row.text or 0) * 0.9,
            whole=weights,
            # llama.cpp and Ollama split a model by layers: the cards work one after another.
            devices=1 if engine.name in ("llama.cpp", "ollama") else self.facts.gpu.count or 1,
        )

    def _weights(self) -> int | None:
        """Bytes of all weights: as the engine lays them out where that is known, else by the rule of thumb."""
        outcome = self.facts.engine.outcome
        stored = [item.bytes for item in outcome.storage if item.name == "weights"] if outcome is not None else []
        if stored:
            return stored[0]
        weights = self.facts.estimate.weights
        return weights.bytes if weights is not None else None


def shown(rate: float) -> str:
    """Tokens a second in two or three digits."""
    return f"{rate:.0f}" if rate >= 10 else f"{rate:.1f}"
