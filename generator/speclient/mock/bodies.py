"""Bodies for documented answers: made from the schema, judged before they are sent."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from speclient.document import split_pointer
from speclient.lint.judge import Judge, JudgeError
from speclient.lint.schema_table import brief
from speclient.mock.plan import MediaPlan, PaginationPlan
from speclient.mock.values import CannotMakeError, Generator, plain
from speclient.mock.values.effort import STEPS, Effort, LimitError

_ATTEMPTS = 12
_LEAN = 3
"""The first attempt that leaves out what is not required."""
# The first eight bytes of every PNG, and the like: enough for whoever looks at what a file is.
_SIGNATURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/gif": b"GIF89a",
    "application/pdf": b"%PDF-1.7\n",
    "application/zip": b"PK\x05\x06",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a body should be like where its schema allows it.

    `key` decides all variety; `members` are values for members by name; `size` is the most elements of a page.
    """

    key: str
    members: Mapping[str, Any]
    pagination: PaginationPlan | None = None
    size: int | None = None


@dataclass(slots=True)
class BodyMaker:
    """Makes bodies for the definitions of one judge."""

    judge: Judge
    _flat_parts: dict[int, tuple[Any, Any]] = field(default_factory=dict[int, "tuple[Any, Any]"])
    _refused: dict[str, str] = field(default_factory=dict[str, str])
    """Definitions without a value within the limits, with the reason: they are not tried again."""

    def body(self, media: MediaPlan, wish: Wish) -> bytes:
        """The bytes of a body of a media type.

        Raises:
            CannotMakeError: no valid body was found; says for which schema.
        """
        try:
            return self._body(media, wish)
        except UnicodeEncodeError:
            raise CannotMakeError(f"a text for {media.name} holds half a character, which UTF-8 cannot") from None

    def _body(self, media: MediaPlan, wish: Wish) -> bytes:
        if media.kind == "bytes":
            return self._binary(media, wish)
        if media.kind == "xml":
            return _xml(media)
        if media.schema is None:
            value: Any = Random(wish.key).choice(media.examples) if media.examples else _free(media)
        else:
            value = self.value(media.schema, wish, media.examples)
        return _written(media, value)

    def value(self, schema: str, wish: Wish, examples: tuple[Any, ...] = (), *, hint: str = "") -> Any:
        """A JSON value that the definition admits."""
        if schema in self._refused:
            raise self._problem(schema, self._refused[schema])
        trouble = "what was made does not fit"
        spent, attempt = 0, -1
        while attempt < _ATTEMPTS - 1:
            attempt += 1
            effort = Effort()
            rng = Random(f"{wish.key}\0{attempt}")
            members = wish.members if attempt < _ATTEMPTS // 2 else {}
            try:
                telling = [example for example in examples if not _is_placeholder(example)]
                if telling and attempt == 0 and rng.random() < 0.2:
                    made = _with_members(copy.deepcopy(rng.choice(telling)), members)
                else:
                    made = Generator(
                        self.judge.table.definitions,
                        rng,
                        self.judge.admits_part,
                        {plain(name): value for name, value in members.items()},
                        lean=attempt % 4 == _LEAN,
                        flat_parts=self._flat_parts,
                        effort=effort,
                    ).value({"$ref": f"#/$defs/{schema}"}, hint=hint)
            except LimitError as problem:
                trouble = str(problem)
                if attempt >= _LEAN:
                    self._refused[schema] = trouble
                    break
                attempt = _LEAN - 1  # Only a smaller value may be within the limits.
                continue
            except CannotMakeError as problem:
                trouble = str(problem)
                spent += STEPS - effort.left
                if spent > STEPS:
                    self._refused[schema] = trouble
                    break
                continue
            except RecursionError:
                trouble = self._refused[schema] = "the schema is nested too deeply"
                break
            if wish.pagination is not None:
                made = self._paged(schema, made, wish)
            try:
                violations = self.judge.violations_in(schema, made)
            except JudgeError as problem:
                trouble = self._refused[schema] = f"the schema cannot be used: {problem}"
                break
            if not violations:
                return made
            trouble = f"{violations[0].message} at {violations[0].pointer!r}"
        raise self._problem(schema, trouble)

    def _problem(self, schema: str, trouble: str) -> CannotMakeError:
        place = self.judge.table.place(schema).location
        return CannotMakeError(f"no value was found for the schema {place.file}#{place.pointer}: {brief(trouble, 200)}")

    def _paged(self, schema: str, made: Any, wish: Wish) -> Any:
        """At most as many elements as asked for; and no way to a next page, because there is none."""
        assert wish.pagination is not None
        for pointer, change in ((wish.pagination.items, _cut(wish.size)), (wish.pagination.next, _drop)):
            if pointer:
                changed = copy.deepcopy(made)
                if change(changed, split_pointer(pointer)) and self.judge.admits(schema, changed):
                    made = changed
        return made

    def _binary(self, media: MediaPlan, wish: Wish) -> bytes:
        essence = media.name.split(";")[0].strip().lower()
        rng = Random(wish.key)
        if essence.startswith("multipart/"):
            raise CannotMakeError(f"bodies of type {essence} are not made")
        if media.schema is not None and not essence.startswith(("image/", "audio/", "video/")):
            definition = self.judge.table.definitions.get(media.schema)
            if isinstance(definition, dict) and definition.get("type") in (["object"], ["array"]):
                return _written(media, self.value(media.schema, wish))
        return _SIGNATURES.get(essence, b"") + rng.randbytes(48)


def _is_placeholder(example: Any) -> bool:
    """Whether an example names types in place of values, as many pages' do."""
    if isinstance(example, dict):
        return any(_is_placeholder(each) for each in example.values())
    if isinstance(example, list):
        return any(_is_placeholder(each) for each in example)
    return isinstance(example, str) and example == "string"


def _with_members(value: Any, members: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        for name in value:
            wanted = next((each for key, each in members.items() if plain(key) == plain(name)), None)
            if wanted is not None and type(wanted) is type(value[name]):
                value[name] = wanted
    return value


def _cut(size: int | None) -> Any:
    def change(value: Any, tokens: tuple[str, ...]) -> bool:
        for token in tokens:
            value = value.get(token) if isinstance(value, dict) else None
        if size is None or not isinstance(value, list) or len(value) <= max(size, 0):
            return False
        del value[max(size, 0) :]
        return True

    return change


def _drop(value: Any, tokens: tuple[str, ...]) -> bool:
    for token in tokens[:-1]:
        value = value.get(token) if isinstance(value, dict) else None
    if not tokens or not isinstance(value, dict) or tokens[-1] not in value:
        return False
    del value[tokens[-1]]
    return True


def _free(media: MediaPlan) -> Any:
    return {} if media.kind in ("json", "lines", "events", "form") else "text"


def _xml(media: MediaPlan) -> bytes:
    for example in media.examples:
        if isinstance(example, str):
            return example.encode()
    raise CannotMakeError(f"bodies of type {media.name} are made from examples only, and there is none")


def _written(media: MediaPlan, value: Any) -> bytes:
    if media.kind == "text" and isinstance(value, str):
        return value.encode()
    if media.kind == "form" and isinstance(value, dict):
        return urlencode(value, doseq=True).encode()
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if media.kind == "events":
        text = f"data: {text}\n\n"
    return (text + "\n" if media.kind == "lines" else text).encode()
