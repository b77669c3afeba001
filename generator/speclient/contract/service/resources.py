"""Single resources: what a list shows can be fetched and is the same there; states go forward, and end."""

from __future__ import annotations

from collections.abc import Iterator

from ..arguments import ArgumentSpace
from ..jsontypes import Json, as_object, value_at
from ..operations import Operation, Parameter
from .conformance import Violation
from .exchange import Exchange, Intent, text_of
from .hints import Hints, Lifecycle, Listing
from .inspector import Inspector
from .reach import Reach, Values
from .semantics import identity_of, items_of, same_text
from .values import candidate_value

_ITEMS = 6
_POLLS = 12
_AFTER_THE_END = 3
_JOBS = 4


def check_list_then_get(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Fetch elements of a list one by one: each must exist, and have the properties that the list shows."""
    found = _list_of(inspector, reach, operation)
    if found is None or operation.name not in reach.known:
        return
    list_operation, listing, parameter = found
    values = {key: value for key, value in reach.known[operation.name].items() if key != parameter.key}
    shared = {key: value for key, value in reach.known[list_operation.name].items() if key in values}
    listed = inspector.send(list_operation, reach.known[list_operation.name], Intent.VALID)
    if listed is None or listed.json is None:
        return
    name = _identifier(listing, listed, reach.known[operation.name][parameter.key])
    if name is None:
        return
    judge = ArgumentSpace(operation).judge(parameter)
    lifecycle = inspector.hints(list_operation).lifecycle
    suspects: list[tuple[Exchange, str, Json, Json, Json, Values]] = []
    for item in _various(items_of(listing, listed), lifecycle):
        identifier = candidate_value(item, name)
        if identifier is None or not judge.is_valid(identifier):
            continue
        arguments: Values = {**values, **shared, parameter.key: identifier}
        exchange = inspector.send(operation, arguments, Intent.VALID)
        if exchange is None:
            return
        violations = [_missing(identifier)] if exchange.status in (404, 410) else []
        inspector.record(exchange, "list_then_get", violations, arguments)
        resource = as_object(exchange.json)
        same_resource = identity_of(listing, item) and listing.identity.removeprefix("/") in resource
        for property_, value in as_object(item).items() if same_resource else ():
            if not isinstance(value, dict | list) and property_ in resource and _differs(value, resource[property_]):
                suspects.append((exchange, property_, item, value, resource[property_], arguments))
    if suspects:
        _confirm(inspector, reach, list_operation, listing, suspects)


def _missing(identifier: Json) -> Violation:
    return Violation("list_then_get", f"the element {identifier!r} of the list", "no such resource", key="exists")


def _confirm(
    inspector: Inspector,
    reach: Reach,
    list_operation: Operation,
    listing: Listing,
    suspects: list[tuple[Exchange, str, Json, Json, Json, Values]],
) -> None:
    """Read the list again: a property that changed meanwhile is ignored."""
    again = inspector.send(list_operation, reach.known[list_operation.name], Intent.VALID)
    if again is None or again.json is None:
        return
    later = {identity_of(listing, item): as_object(item) for item in items_of(listing, again)}
    for exchange, name, item, value, other, arguments in suspects:
        now = later.get(identity_of(listing, item), {}).get(name)
        if now is not None and not _differs(value, now):
            expected = f"{name} = {value!r}, as the list shows before and after"
            check = "identity" if f"/{name}" == listing.identity else "list_then_get"
            violation = Violation(check, expected, repr(other)[:200], key=name)
            inspector.record(exchange, "list_then_get", [violation], arguments)


def _differs(left: Json, right: Json) -> bool:
    if isinstance(right, dict | list) or left is None or right is None:
        return False
    return not same_text(text_of(left), text_of(right))


def _list_of(inspector: Inspector, reach: Reach, operation: Operation) -> tuple[Operation, Listing, Parameter] | None:
    """The list whose elements an operation returns, and the parameter that selects one."""
    for parameter in operation.parameters:
        if parameter.key.location != "path":
            continue
        before = operation.path.partition("{" + parameter.key.name + "}")[0].rstrip("/")
        for other in reach.operations:
            listing = inspector.hints(other).listing
            if other.path.rstrip("/") == before and listing is not None and other.name in reach.known:
                return other, listing, parameter
    return None


def _identifier(listing: Listing, listed: Exchange, known: Json) -> str | None:
    """The property of an element that the path parameter was taken from."""
    for item in items_of(listing, listed):
        for name in [*as_object(item), "_links"]:
            value = candidate_value(item, name)
            if value is not None and text_of(value) == text_of(known):
                return name
    return None


def _various(items: list[Json], lifecycle: Lifecycle | None) -> list[Json]:
    """A few elements: of each state one, then others."""
    by_state: dict[str, Json] = {}
    for item in items if lifecycle is not None else ():
        by_state.setdefault(text_of(_state(lifecycle, item)), item)
    chosen = list(by_state.values())
    return [*chosen, *(item for item in items if item not in chosen)][:_ITEMS]


def _state(lifecycle: Lifecycle | None, item: Json) -> str:
    value = value_at(item, lifecycle.status) if lifecycle is not None else None
    return value if isinstance(value, str) else ""


def check_lifecycle(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Poll a resource until its state is terminal, and some more. The states are judged with each response."""
    hints = inspector.hints(operation)
    lifecycle = hints.lifecycle
    if operation.name not in reach.known or lifecycle is None:
        return
    if hints.listing is not None:
        for _ in range(_POLLS // 2):
            if inspector.send(operation, reach.known[operation.name], Intent.VALID) is None:
                return
        return
    ended, polls = False, 0
    for arguments in _jobs(inspector, reach, operation, hints):
        terminal = 0
        for _ in range(_POLLS):
            exchange = inspector.send(operation, arguments, Intent.VALID)
            if exchange is None:
                break
            state = value_at(exchange.json, lifecycle.status)
            polls += isinstance(state, str)
            terminal += isinstance(state, str) and (state in lifecycle.success or state in lifecycle.failure)
            if terminal > _AFTER_THE_END:
                break
        ended = ended or terminal > 0
    if not ended and polls:
        inspector.matrix.check_notes[operation.name, "lifecycle"] = f"no terminal state within {polls} polls"


def _jobs(inspector: Inspector, reach: Reach, operation: Operation, hints: Hints) -> Iterator[Values]:
    """The known resource, then others of its list that are under way, then one that succeeded."""
    known = reach.known[operation.name]
    yield known
    lifecycle, found = hints.lifecycle, _list_of(inspector, reach, operation)
    if found is None or lifecycle is None:
        return
    list_operation, listing, parameter = found
    listed = next((each for each in reversed(inspector.exchanges)
                   if each.operation.name == list_operation.name and each.json is not None), None)  # fmt: skip
    if listed is None:
        return
    name = _identifier(listing, listed, known[parameter.key])
    if name is None:
        return
    items = items_of(listing, listed)
    under_way = [item for item in items if _state(lifecycle, item) in lifecycle.running]
    succeeded = [item for item in items if _state(lifecycle, item) in lifecycle.success]
    for item in [*under_way[: _JOBS - 2], *succeeded[:2]]:
        identifier = candidate_value(item, name)
        if identifier is not None and text_of(identifier) != text_of(known[parameter.key]):
            yield {**known, parameter.key: identifier}


def check_statuses(inspector: Inspector, reach: Reach, operation: Operation) -> None:
    """Ask a mock for each documented status that was not seen (`Prefer: code=429`); others ignore the header."""
    if operation.name not in reach.known:
        return
    for key in inspector.matrix.unseen(operation):
        if key.isdigit() and not key.startswith("1"):
            headers = {"Prefer": f"code={key}"}
            inspector.send(operation, reach.known[operation.name], Intent.STATUS, headers=headers)
