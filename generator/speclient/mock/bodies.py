"""Bodies of documented responses: generated from the schema, validated before they are sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from urllib.parse import urlencode

from speclient.mock.plan import MediaPlan
from speclient.openapi.media import MediaKind, essence_of
from speclient.schema.validator import Validator
from speclient.values import CannotMakeError, ValueMaker
from speclient.values.wanted import Wanted, nothing

_MOST_LINES = 3
# Signatures such as the first eight bytes of every PNG: enough for code that detects the type of a file.
_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF89a",
    "application/pdf": b"%PDF-1.7\n",
    "application/zip": b"PK\x05\x06",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Preferences for a body, applied where its schema allows them.

    `key` is the seed; `wanted` are the preferred values of properties.
    """

    key: str
    wanted: Wanted = nothing


@dataclass(slots=True)
class BodyMaker:
    """Generates bodies for the definitions of one validator."""

    validator: Validator
    values: ValueMaker = field(init=False)

    def __post_init__(self) -> None:
        self.values = ValueMaker(self.validator)

    def body(self, media: MediaPlan, wish: Wish) -> bytes:
        """The bytes of a body of a media type.

        Raises:
            CannotMakeError: no valid body was found; names the schema.
        """
        try:
            return self._body(media, wish)
        except UnicodeEncodeError:
            raise CannotMakeError(
                f"a string for {media.name} contains an unpaired surrogate, which UTF-8 cannot encode"
            ) from None

    def _body(self, media: MediaPlan, wish: Wish) -> bytes:
        if media.kind is MediaKind.BYTES or media.kind is MediaKind.MULTIPART:
            return self._binary(media, wish)
        if media.kind is MediaKind.XML:
            return _xml(media)
        if media.kind in (MediaKind.JSON_LINES, MediaKind.EVENTS):
            return b"".join(_written(media, item) for item in self._items(media, wish))
        return _written(media, self._whole(media, wish))

    def _whole(self, media: MediaPlan, wish: Wish) -> Any:
        if media.schema is None:
            return Random(wish.key).choice(media.examples) if media.examples else _free(media)
        return self.value(media.schema, wish, media.examples)

    def _items(self, media: MediaPlan, wish: Wish) -> list[Any]:
        """The items of a stream; an example of the document may be the list of all items, or one item."""
        if media.schema is None:
            value = self._whole(media, wish)
            return value if isinstance(value, list) else [value]
        count = Random(wish.key).randint(1, _MOST_LINES)
        return [self.value(media.schema, replace(wish, key=f"{wish.key}\0{number}")) for number in range(count)]

    def value(self, schema: str, wish: Wish, examples: tuple[Any, ...] = (), *, hint: str = "") -> Any:
        """A JSON value that the definition allows."""
        return self.values.value(schema, wish.key, wanted=wish.wanted, examples=examples, hint=hint)

    def _binary(self, media: MediaPlan, wish: Wish) -> bytes:
        essence = essence_of(media.name)
        rng = Random(wish.key)
        if essence.startswith("multipart/"):
            raise CannotMakeError(f"bodies of type {essence} are not generated")
        if media.schema is not None and not essence.startswith(("image/", "audio/", "video/")):
            definition = self.validator.table.definitions.get(media.schema)
            if isinstance(definition, dict) and definition.get("type") in (["object"], ["array"]):
                return _written(media, self.value(media.schema, wish))
        return _SIGNATURES.get(essence, b"") + rng.randbytes(48)


def _free(media: MediaPlan) -> Any:
    return {} if media.kind in (MediaKind.JSON, MediaKind.JSON_LINES, MediaKind.EVENTS, MediaKind.FORM) else "text"


def _xml(media: MediaPlan) -> bytes:
    for example in media.examples:
        if isinstance(example, str):
            return example.encode()
    raise CannotMakeError(f"bodies of type {media.name} require an example, and the document has no example")


def _written(media: MediaPlan, value: Any) -> bytes:
    if media.kind is MediaKind.TEXT and isinstance(value, str):
        return value.encode()
    if media.kind is MediaKind.FORM and isinstance(value, dict):
        return urlencode(value, doseq=True).encode()
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if media.kind is MediaKind.EVENTS:
        text = f"data: {text}\n\n"
    return (text + "\n" if media.kind is MediaKind.JSON_LINES else text).encode()
