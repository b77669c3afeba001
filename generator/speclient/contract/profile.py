"""How hard the properties are tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from hypothesis import HealthCheck, Phase, settings

# Its own metaclass iterates over the members; type checkers take them for classes.
_ALL_HEALTH_CHECKS = cast("list[HealthCheck]", list(HealthCheck))


@dataclass(frozen=True, slots=True)
class Profile:
    """`examples` a property; `deterministic` draws the same ones on every run, as CI wants it."""

    examples: int = 40
    deterministic: bool = True
    shrink: bool = True

    def settings(self, share: float = 1.0) -> settings:
        """Settings for hypothesis; `share` scales the number of examples for what costs more."""
        phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if self.shrink else [])]
        return settings(
            max_examples=max(1, round(self.examples * share)),
            derandomize=self.deterministic,
            database=None,
            deadline=None,
            phases=phases,
            # Schemas decide how large and how selective the strategies are, not we.
            suppress_health_check=_ALL_HEALTH_CHECKS,
            print_blob=False,
        )
