"""Names of groups, methods, arguments and webhooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from speclient.diagnostics import Sink
from speclient.ir import Api, Operation, Schema, body_arguments
from speclient.naming.groups import group_word
from speclient.naming.methods import candidates
from speclient.naming.model import OperationNames
from speclient.naming.name_lock import NameLock
from speclient.naming.reserved import ARGUMENT_RESERVED, GROUP_RESERVED, METHOD_RESERVED, MODULE_RESERVED
from speclient.naming.scope import Scope, free_levels, report_clash
from speclient.naming.words import KEYWORDS, pascal, snake


def operation_names(api: Api, client: str, sink: Sink, memory: NameLock) -> dict[str, OperationNames]:
    """Operation key -> its names.

    Args:
        api: the API.
        client: the name of the client class.
        sink: receives the diagnostics.
        memory: the names of the previous run.
    """
    groups = _groups(api, client)
    schemas = {schema.id: schema for schema in api.schemas}
    chosen: dict[str, OperationNames] = {}
    for group, (group_class, operations) in groups.items():
        methods = _methods(group, operations, sink, memory)
        for operation in operations:
            arguments = _arguments(operation)
            body = _body_arguments(operation, schemas, arguments.values())
            chosen[operation.key] = OperationNames(group, group_class, methods[operation.key], arguments, body)
    return {operation.key: chosen[operation.key] for operation in api.operations}


def _groups(api: Api, client: str) -> dict[str, tuple[str, list[Operation]]]:
    """Group -> its class and its operations, in the order of the document."""
    # The asynchronous variant of a class has the prefix `Async`, and must not hide another name either.
    twins = {name.removeprefix("Async") for name in MODULE_RESERVED}
    group_scope, class_scope = Scope(GROUP_RESERVED), Scope({client, f"Async{client}"} | MODULE_RESERVED | twins)
    by_word: dict[str, str] = {}
    groups: dict[str, tuple[str, list[Operation]]] = {}
    for operation in api.operations:
        word = group_word(operation, client)
        if word not in by_word:
            by_word[word] = group_scope.take(word)
            groups[by_word[word]] = (class_scope.take(pascal(by_word[word]), "Resource"), [])
        groups[by_word[word]][1].append(operation)
    return groups


def _methods(group: str, operations: Sequence[Operation], sink: Sink, memory: NameLock) -> dict[str, str]:
    """Operation key -> method. In a conflict, all operations take longer names, as long as they have some.

    Names of `x-speclient` and of the lock are kept.
    """
    fixed: dict[str, str] = {}
    wanted: dict[str, tuple[str, ...]] = {}
    for operation in operations:
        names = (
            (snake(operation.method_name),)
            if operation.method_name is not None
            else tuple(snake(name, "call") for name in candidates(operation, group))
        )
        wanted[operation.key] = names
        owner, known = memory.methods.get(operation.key, ("", ""))
        explicit = operation.method_name is None or known.startswith(names[0])
        if owner == group and known not in METHOD_RESERVED and explicit:
            fixed[operation.key] = known
    remembered = {name for owner, name in memory.methods.values() if owner == group}
    scope = Scope(METHOD_RESERVED | remembered)
    for operation in operations:
        if operation.method_name is not None and operation.key not in fixed:
            fixed[operation.key] = scope.take(wanted[operation.key][0])
    open_keys = [operation.key for operation in operations if operation.key not in fixed]
    levels = free_levels(open_keys, wanted, METHOD_RESERVED | remembered | set(fixed.values()))
    for key in open_keys:
        fixed[key] = scope.take(wanted[key][levels[key]])
    _report(group, operations, fixed, wanted, memory, sink)
    return fixed


def _report(
    group: str,
    operations: Sequence[Operation],
    chosen: Mapping[str, str],
    wanted: Mapping[str, tuple[str, ...]],
    memory: NameLock,
    sink: Sink,
) -> None:
    """Report the operations whose name is longer than it would be without the others."""
    first = Counter(wanted[operation.key][0] for operation in operations)
    for operation in operations:
        name, got = wanted[operation.key][0], chosen[operation.key]
        # A name of the lock differs without a conflict.
        known = operation.key in memory.methods
        if got != name and name not in METHOD_RESERVED and (first[name] > 1 or not known):
            report_clash(sink, "method", f"{group}.{name}", f"{group}.{got}", operation.origin)


def _arguments(operation: Operation) -> dict[tuple[str, str], str]:
    scope = Scope(ARGUMENT_RESERVED)
    chosen: dict[tuple[str, str], str] = {}
    for parameter in operation.parameters:
        wanted = snake(parameter.argument or parameter.name, "argument")
        if wanted in chosen.values():
            wanted = f"{wanted}_{parameter.place}"
        chosen[(parameter.place, parameter.name)] = scope.take(wanted)
    return chosen


def _body_arguments(operation: Operation, schemas: Mapping[str, Schema], parameters: Iterable[str]) -> dict[str, str]:
    """Wire name of a property of the body -> argument. Where a parameter has the name, it is `body_NAME`."""
    arguments = body_arguments(operation, schemas)
    if arguments is None or operation.response_by is not None:
        return {}
    taken = ARGUMENT_RESERVED | set(parameters)
    scope = Scope(taken)
    chosen: dict[str, str] = {}
    # As for the attributes of models, a property that is named like the argument takes precedence.
    names = [member.name for member in arguments.properties]
    for name in sorted(names, key=lambda name: snake(name, "argument") != name):
        wanted = snake(name, "argument")
        chosen[name] = scope.take(f"body_{wanted}" if wanted in taken else wanted)
    return {name: chosen[name] for name in names}


def webhook_names(api: Api) -> dict[str, str]:
    """Key of a webhook -> function that parses it."""
    scope = Scope(KEYWORDS)
    return {hook.key: scope.take(f"parse_{snake(hook.name, 'webhook')}") for hook in api.webhooks}
