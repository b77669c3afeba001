"""Whether the states of resources go forward only, over all responses of a run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..jsontypes import Json, as_array, as_object, as_text, value_at
from .conformance import Violation
from .exchange import Exchange, text_of
from .hints import Hints, Lifecycle
from .semantics import identity_of, items_of
from .shapes import flattened, plain, properties, types

_RESULTS = ("result", "results", "output", "outputs")
_PROGRESS = ("progress", "percent", "percentage", "percentcomplete", "completion")
_IDENTIFIER = re.compile(r"(?:^|[a-z_-])(?:[Ii][Dd]|[Tt]oken|[Kk]ey|[Uu][Uu][Ii][Dd]|[Nn]umber)$")


@dataclass
class _Seen:
    state: str
    progress: float | None = None


class LifecycleLog:
    """Remembers the last state of each resource."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], _Seen] = {}

    def observe(self, hints: Hints, exchange: Exchange) -> list[Violation] | None:
        """The violations of a response; None if it has no states."""
        lifecycle = hints.lifecycle
        if lifecycle is None or exchange.json is None:
            return None
        listing = hints.listing
        if listing is None:
            return list(self._resource(hints, lifecycle, exchange))
        found: list[Violation] = []
        # Below another resource, the same identity can be that of another element.
        place = exchange.record.request.url.raw_path.decode("ascii").partition("?")[0]
        # A list may show elements without a state, or leave the identity out.
        for item in items_of(listing, exchange):
            identity, state = identity_of(listing, item), as_text(value_at(item, lifecycle.status))
            if identity and state:
                found += self._step((place, identity), lifecycle, state, None)
        return found[:1]

    def _resource(self, hints: Hints, lifecycle: Lifecycle, exchange: Exchange) -> Iterator[Violation]:
        body = as_object(exchange.json)
        state = value_at(body, lifecycle.status)
        if not isinstance(state, str):
            return  # Whether it may be absent is up to the schema.
        # The same URL can be about another resource, such as the last execution: its identifiers tell.
        path = exchange.record.request.url.raw_path.decode("ascii")
        known = set(exchange.path_values.values())
        own = {name: text_of(value) for name, value in body.items()
               if _IDENTIFIER.search(name) and value is not None and not isinstance(value, dict | list)}  # fmt: skip
        key = tuple(f"{name}={text}" for name, text in own.items()) if set(own.values()) - known else (path,)
        progress = next((value for name, value in body.items() if plain(name) in _PROGRESS), None)
        is_number = isinstance(progress, int | float) and not isinstance(progress, bool)
        yield from self._step(key, lifecycle, state, float(str(progress)) if is_number else None)
        if state in lifecycle.success:
            yield from _results(hints, body, state)

    def _step(
        self, key: tuple[str, ...], lifecycle: Lifecycle, state: str, progress: float | None
    ) -> Iterator[Violation]:
        before = self._seen.get(key)
        self._seen[key] = _Seen(state, progress)
        if before is None:
            return
        left, right = lifecycle.stage(before.state), lifecycle.stage(state)
        if left == 2 and state != before.state:
            yield Violation("lifecycle", f"{before.state} is a terminal state", f"{state} afterwards", key="terminal")
        elif left is not None and right is not None and right < left:
            yield Violation("lifecycle", f"no way back from {before.state}", f"{state} afterwards", key="backwards")
        elif 2 not in (left, right) and progress is not None and progress < (before.progress or 0):
            expected = f"progress of at least {before.progress:g}"
            yield Violation("lifecycle", expected, f"{progress:g}", key="progress")


def _results(hints: Hints, body: dict[str, Json], state: str) -> Iterator[Violation]:
    for name, schemas in properties(hints.document, hints.bodies).items():
        if plain(name) in _RESULTS and "null" not in types(hints.document, schemas) and body.get(name) is None:
            # Where the states are inferred, a job may end well without a result, if the document allows that.
            parts = flattened(hints.document, hints.bodies)
            stated = "polling" in as_object(hints.operation.raw.get("x-speclient"))
            weak = not stated and not any(name in as_array(each.get("required")) for each in parts)
            yield Violation(
                "lifecycle", f"{name} in the state {state}", f"no {name}", weakness=weak, key=f"results {name}"
            )
