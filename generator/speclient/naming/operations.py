"""Names of groups, methods, arguments and webhooks."""

from __future__ import annotations

import re
import unicodedata

from speclient.diagnostics import Sink
from speclient.ir import Api, Operation
from speclient.naming.model import OperationNames
from speclient.naming.name_lock import NameLock
from speclient.naming.reserved import ARGUMENT_RESERVED, GROUP_RESERVED, METHOD_RESERVED, MODULE_RESERVED
from speclient.naming.scope import Scope, report_clash
from speclient.naming.words import KEYWORDS, WINDOWS_DEVICES, pascal, snake


def operation_names(api: Api, client: str, sink: Sink, memory: NameLock) -> dict[str, OperationNames]:
    """Operation key -> its names."""
    groups: dict[str, tuple[str, Scope]] = {}
    # The asynchronous variant of a class has the prefix `Async`, and must not hide another name either.
    twins = {name.removeprefix("Async") for name in MODULE_RESERVED}
    group_scope, class_scope = Scope(GROUP_RESERVED), Scope({client, f"Async{client}"} | MODULE_RESERVED | twins)
    chosen: dict[str, OperationNames] = {}
    renamed: list[tuple[Operation, str, bool]] = []
    ordered = sorted(api.operations, key=lambda operation: operation.method_name is None)
    by_word: dict[str, str] = {}
    for operation in api.operations:
        word = operation.group or (operation.tags[0] if operation.tags else "api")
        key = snake(word, "api")
        if key not in by_word:
            by_word[key] = group_scope.take(_module_word(key))
            groups[by_word[key]] = (
                class_scope.take(pascal(by_word[key]), "Resource"),
                Scope(METHOD_RESERVED | {name for owner, name in memory.methods.values() if owner == by_word[key]}),
            )
    for operation in ordered:
        word = operation.group or (operation.tags[0] if operation.tags else "api")
        group = by_word[snake(word, "api")]
        group_class, scope = groups[group]
        wanted = snake(operation.method_name or operation.operation_id or _described(operation), "call")
        owner, known = memory.methods.get(operation.key, ("", ""))
        stays = (
            owner == group
            and known not in METHOD_RESERVED
            and (operation.method_name is None or known.startswith(snake(operation.method_name)))
        )
        method = known if stays else scope.take(wanted)
        chosen[operation.key] = OperationNames(group, group_class, method, _arguments(operation))
        if method != wanted and wanted not in METHOD_RESERVED:
            renamed.append((operation, wanted, stays))
    methods = {(own.group, own.method) for own in chosen.values()}
    for operation, wanted, stays in renamed:
        own = chosen[operation.key]
        # A name of the lock differs from the operationId without a conflict.
        if not stays or (own.group, wanted) in methods:
            report_clash(sink, "method", f"{own.group}.{wanted}", f"{own.group}.{own.method}", operation.origin)
    return chosen


def _module_word(word: str) -> str:
    """A word for a module name: not a Windows device name, also with a superscript digit (`com¹`)."""
    plain = unicodedata.normalize("NFKC", word).lower()
    return f"{word}_" if plain in WINDOWS_DEVICES else word


def _described(operation: Operation) -> str:
    """A name from method and path: `GET /runs/{id}/results` gives get_runs_results_by_id."""
    segments = [part for part in operation.path.split("/") if part and "{" not in part]
    places = re.findall(r"\{([^{}]*)\}", operation.path)
    by = f" by {' and '.join(places)}" if places else ""
    return f"{operation.method.lower()} {' '.join(segments)}{by}"


def _arguments(operation: Operation) -> dict[tuple[str, str], str]:
    scope = Scope(ARGUMENT_RESERVED)
    chosen: dict[tuple[str, str], str] = {}
    for parameter in operation.parameters:
        wanted = snake(parameter.argument or parameter.name, "argument")
        if wanted in chosen.values():
            wanted = f"{wanted}_{parameter.place}"
        chosen[(parameter.place, parameter.name)] = scope.take(wanted)
    return chosen


def webhook_names(api: Api) -> dict[str, str]:
    """Key of a webhook -> function that parses it."""
    scope = Scope(KEYWORDS)
    return {hook.key: scope.take(f"parse_{snake(hook.name, 'webhook')}") for hook in api.webhooks}
