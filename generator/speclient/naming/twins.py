"""Names of additional methods of an operation: one that waits for a terminal state, and one that streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from speclient.ir import Api, Operation, is_stream, status_operation, success_media
from speclient.naming.model import OperationNames


def with_twins(api: Api, operations: Mapping[str, OperationNames]) -> dict[str, OperationNames]:
    """The same names with those of wait and stream methods."""
    waits, streams = _wait_names(api, operations), _stream_names(api, operations)
    return {key: replace(own, wait=waits.get(key), stream=streams.get(key)) for key, own in operations.items()}


def _wait_names(api: Api, operations: Mapping[str, OperationNames]) -> dict[str, str]:
    """Operation key -> name of the method of its group that waits for a terminal state."""
    by_group: dict[str, list[Operation]] = {}
    for operation in api.operations:
        if _can_wait(operation, api, operations):
            by_group.setdefault(operations[operation.key].group, []).append(operation)
    chosen: dict[str, str] = {}
    for group, waiting in by_group.items():
        taken = {own.method for own in operations.values() if own.group == group}
        for operation in waiting:
            name = "wait" if len(waiting) == 1 else f"wait_{operations[operation.key].method}"
            while name in taken:
                name += "_"
            taken.add(name)
            chosen[operation.key] = name
    return chosen


def _can_wait(operation: Operation, api: Api, operations: Mapping[str, OperationNames]) -> bool:
    if operation.polling is None or operation.body is not None:
        return False
    if operation.polling.status_operation is None:
        return True
    listing = status_operation(operation, api)
    return (
        listing is not None
        and operations[listing.key].group == operations[operation.key].group
        and listing.pagination is not None
        and bool(listing.pagination.identity)
        and bool(operation.parameters)
    )


def _stream_names(api: Api, operations: Mapping[str, OperationNames]) -> dict[str, str]:
    """Operation key -> name of the method that reads its response item by item.

    It is the operation's own method where a successful response has no other form.
    """
    chosen: dict[str, str] = {}
    for operation in api.operations:
        media = [item for response in success_media(operation) for item in response]
        if not any(is_stream(item) for item in media) or operation.pagination is not None:
            continue
        own = operations[operation.key]
        name = own.method
        if not all(is_stream(item) for item in media):
            taken = {each.method for each in operations.values() if each.group == own.group}
            name = f"{own.method}_stream"
            while name in taken:
                name += "_"
        chosen[operation.key] = name
    return chosen
