"""The figures: printed as they come, the mean of all repetitions at the end."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Final

from bench.hub.loads import Load
from bench.hub.peers import PEERS

# One room, with many publications under way, and "_8" with few.
ONE_ROOM: Final = ("deliveries_per_cpu_s", "p50_ms")
FEW: Final = ("", "_8")
# The names that are always there, null while nothing was measured; after them the ratios.
NAMES: Final = (
    "publications_per_frame",
    *(f"{figure}{of}{few}" for of in ("", "_in_python") for few in FEW for figure in ONE_ROOM),
    *(f"deliveries_per_cpu_s_5000{of}" for of in ("", "_plain_loop", "_uws", "_nats")),
    *(f"deliveries_per_cpu_s_50_rooms{of}" for of in ("", "_plain_loop", "_uws")),
    *(f"{figure}_{peer.name}{few}" for peer in PEERS for few in FEW for figure in ONE_ROOM),
    *(f"lone_last_p50_ms{of}" for of in ("", "_plain_loop", "_uws")),
    *(f"lone_last_p99_ms{of}" for of in ("", "_plain_loop", "_uws")),
    *(f"lone_deliveries_per_cpu_s{of}" for of in ("", "_plain_loop", "_uws")),
    "idle_connections",
    *(f"idle_kb_per_connection{of}" for of in ("", "_ws", "_uws", "_aiohttp")),
    "idle_pss_kb_per_connection",
    *(f"connect_cpu_ms{of}" for of in ("", "_ws", "_uws", "_aiohttp")),
    "viewers_10k_cores",
    "viewers_10k_p95_ms",
    "viewers_10k_publications_per_frame",
    "stalled_readers_per_cpu_ratio",
    "stalled_readers_p99_ms",
    *(f"resume_{returning}_{figure}" for returning in (1_000, 10_000) for figure in ("s", "cpu_s")),
    *(
        f"{figure}_{where}"
        for where in ("one_room_pg", "50_rooms_pg", "sqlite")
        for figure in ("acked_per_s", "acked_p99_ms", "cpu_ms_per_acked", "publications_per_frame")
    ),
)


@dataclass(slots=True)
class Report:
    """All that was measured, by name, one value for each repetition."""

    measured: dict[str, list[float]] = field(default_factory=dict)
    stated: dict[str, str | int] = field(default_factory=dict)
    busiest_client: float = 0.0

    def state(self, name: str, value: str | int) -> None:
        """A circumstance of the run."""
        self.stated[name] = value
        print(f"{name}: {value}", flush=True)

    def note(self, name: str, value: float) -> None:
        """One repetition of a figure."""
        self.measured.setdefault(name, []).append(float(f"{value:.4g}"))
        print(f"  {name}: {value:,.4g}" if value < 1000 else f"  {name}: {value:,.0f}", flush=True)

    def load(self, load: Load) -> None:
        """What else is to be known of a load, for the reader."""
        self.busiest_client = max(self.busiest_client, load.client_share)
        print(f"    {load}", flush=True)

    def complete(self) -> dict[str, object]:
        """Every figure and ratio under its name, null where it is not known."""
        figures = {name: self._mean(name) for name in NAMES}
        ratios = {f"ratio_{peer.name}{few}": self._ratio(peer.name, few) for peer in PEERS for few in FEW}
        busiest = {"client_busiest_share": round(self.busiest_client, 2)}
        return {**self.stated, **busiest, **figures, **ratios, "repetitions": self.measured}

    def _mean(self, name: str) -> float | None:
        values = self.measured.get(name)
        return float(f"{statistics.mean(values):.4g}") if values else None

    def _ratio(self, peer: str, few: str) -> float | None:
        ours = self._mean(f"deliveries_per_cpu_s{few}")
        theirs = self._mean(f"deliveries_per_cpu_s_{peer}{few}")
        return None if ours is None or theirs is None else float(f"{ours / theirs:.3g}")
