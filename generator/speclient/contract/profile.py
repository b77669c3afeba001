"""How hard the properties are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from hypothesis import HealthCheck, Phase, seed, settings

_Test = TypeVar("_Test", bound=Callable[..., Any])
# Its own metaclass iterates over the members; type checkers take them for classes.
_ALL_HEALTH_CHECKS = cast("list[HealthCheck]", list(HealthCheck))


@dataclass(frozen=True, slots=True)
class Profile:
    """`examples` a property; `deterministic` draws the same ones on every run, as CI wants it."""

    examples: int = 40
    deterministic: bool = True
    shrink: bool = True
    seed: int | None = None
    """Of the random values, which are then not the deterministic ones."""

    def settings(self, share: float = 1.0) -> Callable[[_Test], _Test]:
        """A decorator for hypothesis; `share` scales the number of examples for what costs more."""
        phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if self.shrink else [])]
        chosen = settings(
            max_examples=max(1, round(self.examples * share)),
            derandomize=self.deterministic and self.seed is None,
            database=None,
            deadline=None,
            phases=phases,
            # Schemas decide how large and how selective the strategies are, not we.
            suppress_health_check=_ALL_HEALTH_CHECKS,
            print_blob=False,
        )

        def decorate(test: _Test) -> _Test:
            seeded = test if self.seed is None else seed(self.seed)(test)
            return chosen(seeded)

        return decorate
