"""SC112."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from speclient.document import Node
from speclient.lint.context import Context, Finding, at
from speclient.schema.table import brief


class EnumDistinct:
    """An enumeration lists each value once. `1` and `1.0` are one JSON number, `1` and `true` are two values.

    Bad::

        enum: [open, closed, open]
    """

    code: ClassVar[str] = "SC112"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield every violation of the rule."""
        for owner in (*context.index.of("schema"), *context.index.of("server variable")):
            values = owner.get("enum")
            places: dict[str, list[Node]] = {}
            for entry in values.elements() if values else ():
                places.setdefault(_key(entry.value), []).append(entry)
            for entries in places.values():
                if len(entries) > 1:
                    times = "twice" if len(entries) == 2 else f"{len(entries)} times"
                    yield at(entries[1], f"the value {brief(entries[0].value)} occurs {times} in the enumeration")


def _key(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)
