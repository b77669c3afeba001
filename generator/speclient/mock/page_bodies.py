"""The bodies of pages: generated once, then filled with items, counts, and the place of the next page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from speclient.build import pagination_words as words
from speclient.build.pagination_words import bare
from speclient.mock.listing import Page
from speclient.mock.messages import Request, json_bytes
from speclient.mock.resources import Place, Role
from speclient.mock.respond import Responder
from speclient.schema import navigate
from speclient.values import CannotMakeError
from speclient.values.wanted import named, plain

_TEMPLATES = 6
"""Attempts to generate a body that has the property for the next page."""
_MARK = "\0items"
"""Stands for the items in a body, until their JSON replaces it."""
_MARK_TEXT = json_bytes(_MARK)
_WHOLE = {
    "anyOf", "const", "contains", "enum", "if", "maxItems", "minItems", "not", "oneOf", "prefixItems", "then",
    "unevaluatedItems", "uniqueItems",
}  # fmt: skip
_OTHER_PAGES = ("prev", "previous", "previouspage", "prevpage", "prevcursor", "previouscursor", "last")


@dataclass(slots=True)
class PageBodies:
    """Makes bodies of pages; each is validated unless it differs from a valid one in its items only."""

    responder: Responder
    _plain: dict[Place, bool] = field(default_factory=dict[Place, bool])
    _templates: dict[tuple[str, tuple[str, ...]], Any] = field(default_factory=dict[tuple[str, "tuple[str, ...]"], Any])

    def body(self, role: Role, place: Place, page: Page, arguments: Mapping[str, Any]) -> bytes | None:
        """The body of a page as JSON; None if none that agrees with the items is valid."""
        answers = self.responder.planner.answers
        items = [each.value for each in page.items]
        if not role.items:
            text = b"".join((b"[", b",".join([each.text for each in page.items]), b"]"))
            return text if answers.admits(place.body, items[:1] if self._is_plain(place) else items) else None
        pagination = role.pagination
        following = pagination.next if pagination is not None else ()
        try:
            body = self.template(place.body, following if page.next is not None else ())
        except CannotMakeError:
            return None
        if not isinstance(body, dict):
            return None
        edits: list[Callable[[Any], Any]] = [
            lambda value: _totals(value, role.items, page),
            lambda value: _echo(value, arguments, role.items),
        ]
        more = pagination.more if pagination is not None else ()
        if more:
            flag = page.more if pagination is None or pagination.kind != "page" else None
            count = math.ceil(page.total / page.size) if page.size else 0
            edits.append(lambda value: replaced(value, more, _flag(value, more, page.more, flag, count)))
        # Each item is valid; where nothing else depends on all of them, one stands for the others.
        judged = items[:1] if self._is_plain(place) else items
        body = replaced(body, role.items, judged)
        whole = _applied(body, edits)
        for candidate in self._with_next(whole, following, page):
            if answers.accepts(place.body, candidate):
                return self._filled(candidate, role.items, page)
        for edit in edits:
            if answers.admits(place.body, changed := edit(body)):
                body = changed
        for candidate in self._with_next(body, following, page):
            if answers.admits(place.body, candidate):
                return self._filled(candidate, role.items, page)
        return None

    def template(self, schema: str, wanted: tuple[str, ...] = ()) -> Any:
        """A body in which values are replaced; it has the property that `wanted` leads to, if possible."""
        key = (schema, wanted)
        if key not in self._templates:
            best: Any = None
            for attempt in range(_TEMPLATES):
                wish = self.responder.wish(Request("GET", f"{schema}\0{attempt}"), 200, named({}))
                value = self.responder.bodies.values.value(schema, wish.key)
                best = value if best is None else best
                if not wanted or _has(value, wanted):
                    best = value
                    break
            self._templates[key] = best
        return self._templates[key]

    def _filled(self, body: Any, steps: tuple[str, ...], page: Page) -> bytes:
        before, _, after = json_bytes(replaced(body, steps, _MARK)).partition(_MARK_TEXT)
        return b"".join((before, b"[", b",".join([each.text for each in page.items]), b"]", after))

    def _is_plain(self, place: Place) -> bool:
        """Whether a body is valid if each of its items is: no union, and no rule about the whole array."""
        if place not in self._plain:
            definitions = self.responder.planner.answers.table.definitions
            schema: Any = {"$ref": f"#/$defs/{place.body}"}
            plain_so_far = True
            for step in place.steps:
                applied = list(navigate.applied_schemas(definitions, schema))
                plain_so_far = plain_so_far and not any(_WHOLE & set(each) for each in applied)
                schema = navigate.inner_schema(definitions, schema, [step])
            self._plain[place] = plain_so_far
        return self._plain[place]

    def _with_next(self, body: Any, steps: tuple[str, ...], page: Page) -> Iterator[Any]:
        """The body with the place of the next page, in the ways that a schema may allow."""
        if not steps:
            yield body
            return
        for changed in _without_others(body, steps):
            yield from self._ends(changed, steps, page)

    def _ends(self, body: Any, steps: tuple[str, ...], page: Page) -> Iterator[Any]:
        if page.next is not None:
            yield replaced(body, steps, page.next)
            if isinstance(page.next, str) and page.next.startswith("/"):
                yield replaced(body, steps, f"https://mock.invalid{page.next}")
            elif not isinstance(page.next, str):
                yield replaced(body, steps, str(page.next))
            return
        if len(steps) > 1 and bare(steps[-2]) in ("next", "nextpage"):
            yield _removed(body, steps[:-1])
            yield replaced(body, steps[:-1], None)
        yield _removed(body, steps)
        yield replaced(body, steps, None)
        yield replaced(body, steps, "")


def _has(value: Any, steps: Sequence[str]) -> bool:
    for step in steps:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True


def replaced(value: Any, steps: Sequence[str], leaf: Any) -> Any:
    """A copy of an object with another value at the end of the steps; objects on the way are added."""
    if not steps:
        return leaf
    inner = value.get(steps[0]) if isinstance(value, dict) else None
    return {**(value if isinstance(value, dict) else {}), steps[0]: replaced(inner, steps[1:], leaf)}


def _removed(value: Any, steps: Sequence[str]) -> Any:
    if not isinstance(value, dict) or steps[0] not in value:
        return value
    if len(steps) == 1:
        return {name: each for name, each in value.items() if name != steps[0]}
    return {**value, steps[0]: _removed(value[steps[0]], steps[1:])}


def _applied(value: Any, edits: Sequence[Callable[[Any], Any]]) -> Any:
    for edit in edits:
        value = edit(value)
    return value


def _without_others(body: Any, steps: Sequence[str]) -> Iterator[Any]:
    """The body without made-up links to other pages: left out, null, or as they are."""
    around = tuple(steps[:-2] if len(steps) > 1 and bare(steps[-2]) in ("next", "nextpage") else steps[:-1])
    owner = body
    for step in around:
        owner = owner.get(step) if isinstance(owner, dict) else None
    others = [
        (*around, name)
        for name, value in (owner.items() if isinstance(owner, dict) else ())
        if bare(name) in _OTHER_PAGES and (isinstance(value, (dict, str)) or value is None)
    ]
    removed = nulled = body
    for place in others:
        removed, nulled = _removed(removed, place), replaced(nulled, place, None)
    yield from (removed, nulled, body) if others else (body,)


def _flag(body: Any, steps: Sequence[str], more: bool, flag: bool | None, count: int) -> Any:
    """The value for a flag of more pages, or for the number of pages."""
    old = body
    for step in steps:
        old = old.get(step) if isinstance(old, dict) else None
    if isinstance(old, bool) or flag is not None:
        return more
    return count


def _totals(body: Any, items: Sequence[str], page: Page, depth: int = 0) -> Any:
    """The body with counts that agree with the page: totals, number of pages, page number and size."""
    if not isinstance(body, dict) or depth > 3:
        return body
    result = dict(body)
    for name, value in body.items():
        word = bare(name)
        if isinstance(value, dict) and (name,) != tuple(items):
            result[name] = _totals(value, items[1:] if items[:1] == (name,) else (), page, depth + 1)
        elif isinstance(value, bool):
            if word in words.MORE:
                result[name] = page.more
        elif isinstance(value, (int, float)):
            result[name] = _count(word, value, page)
    return result


def _count(word: str, value: Any, page: Page) -> Any:
    if word in words.PAGE_COUNTS:
        return math.ceil(page.total / page.size) if page.size else 0
    if word in ("page", "currentpage", "pagenumber"):
        return page.number
    if word in ("pagesize", "perpage", "size", "limit"):
        return page.size
    if word == "count":
        return len(page.items)
    if word in ("total", "totalcount", "totalelements", "totalitems", "totalrecords", "totalresults"):
        return page.total
    return value


def _echo(body: Any, arguments: Mapping[str, Any], items: Sequence[str]) -> Any:
    """The body with the values of parameters in properties of the same names."""
    by_name = {plain(name): value for name, value in arguments.items()}
    return {
        name: by_name[plain(name)] if plain(name) in by_name and (name,) != tuple(items[:1]) else value
        for name, value in body.items()
    }
