"""OpenAPI Overlay 1.0: changes to a document in a separate file.

With an overlay, a user corrects a third-party document and keeps the corrections when the document is updated. It
can also set `x-speclient`: names, groups, pagination.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathError

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink
from speclient.document.limits import Limits, measure
from speclient.document.load import Document
from speclient.document.parse import read_file
from speclient.document.yaml12 import TooLarge


def _wrong(message: str, place: Location) -> FatalError:
    return FatalError(Diagnostic("SC014", Severity.ERROR, message, place, CODES["SC014"].hint))


def apply_overlay(document: Document, path: Path, sink: Sink, limits: Limits | None = None) -> None:
    """Apply the actions of an overlay to the root file of a document, in their order.

    Raises:
        FatalError: the overlay cannot be read (SC001, SC002) or is not valid (SC014). The document is then unchanged.
    """
    name = path.as_posix()
    overlay = read_file(path, name, limits or document.limits, sink).data
    if not isinstance(overlay, dict) or not str(overlay.get("overlay", "")).startswith("1."):
        raise _wrong("the root has no property `overlay` with a version 1.x", Location(name))
    actions = overlay.get("actions")
    if not isinstance(actions, list):
        raise _wrong("`actions` must be a list", Location(name, "/actions"))
    limits = limits or document.limits
    # A YAML alias makes two locations share one value; a change must affect only the location that it names.
    data = _copy(document.raw_root.value)
    added = 0
    environment = JSONPathEnvironment()
    for index, action in enumerate(actions):
        place = Location(name, f"/actions/{index}")
        target = action.get("target") if isinstance(action, dict) else None
        if not isinstance(target, str):
            raise _wrong("an action requires a `target` (a JSONPath)", place)
        try:
            matches = islice(environment.finditer(target, data), limits.growth + 1)
            found = [tuple(node.location) for node in matches]
        except (JSONPathError, RecursionError) as problem:
            raise _wrong(f"the target {target!r} is not a valid JSONPath (RFC 9535): {problem}", place) from None
        # Checked before copying: the number of values that the action would add to the document.
        cost = 1 if action.get("remove") is True else _size(action.get("update"))
        added += len(found) * cost
        if added > limits.growth:
            raise _too_large(f"the overlay adds or changes more than {limits.growth:,} values", place)
        if not found:
            sink.report("SC015", f"the target {target!r} matches nothing", place)
        # The last items of an array first, so that removing an item does not move those still to be removed.
        for steps in sorted(found, key=_order, reverse=True):
            if action.get("remove") is True:
                data = _removed(data, steps)
            elif "update" in action:
                # A copy for each location: a later action must change only the location that it names.
                data = _updated(data, steps, _copy(action["update"]))
        if not found or not isinstance(action.get("update"), (dict, list)):
            continue
        try:
            measure(data, limits)
        except TooLarge as problem:
            raise _too_large(f"the document after this action: {problem}", place) from None
    if not isinstance(data, dict):
        raise _wrong("the overlay removes the whole document", Location(name))
    document.replace_root(data, name)


def _too_large(message: str, place: Location) -> FatalError:
    return FatalError(Diagnostic("SC006", Severity.ERROR, message, place, "make the targets of the actions narrower"))


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _size(value: Any) -> int:
    """The number of values; aliases were measured when the file was read."""
    if isinstance(value, (dict, list)):
        return 1 + sum(map(_size, value.values() if isinstance(value, dict) else value))
    return 1


def _order(steps: tuple[Any, ...]) -> tuple[tuple[int, str | int], ...]:
    return tuple((0, step) if isinstance(step, int) else (1, step) for step in steps)


def _removed(data: Any, steps: tuple[Any, ...]) -> Any:
    if not steps:
        return None
    parent = data
    for step in steps[:-1]:
        parent = parent[step]
    del parent[steps[-1]]
    return data


def _updated(data: Any, steps: tuple[Any, ...], update: Any) -> Any:
    if not steps:
        return _merged(data, update)
    parent = data
    for step in steps[:-1]:
        parent = parent[step]
    value = parent[steps[-1]]
    # Overlay 1.0, section 4.4.3: an update of an array appends an item.
    parent[steps[-1]] = [*value, update] if isinstance(value, list) else _merged(value, update)
    return data


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        made = dict(old)
        for key, value in new.items():
            made[key] = _merged(old[key], value) if key in old else value
        return made
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    return new
