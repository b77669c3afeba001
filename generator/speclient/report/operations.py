"""The operations table (`_spec/operations.json`): operation to method, for tools that read a package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from speclient.build.indexes import degraded_operations
from speclient.ir import Api, Limitation, Operation
from speclient.naming import Names


def operations_table(
    api: Api,
    names: Names,
    limitations: Sequence[Limitation],
    examples: Mapping[str, Mapping[str, Any] | None],
    variables: Mapping[str, str | None],
) -> dict[str, Any]:
    """The table as JSON data.

    Args:
        api: the ir.
        names: all names.
        limitations: of the document and of its models.
        examples: operation key -> example values by argument, or None without valid values.
        variables: constructor argument -> environment variable, or None where it is not read from one.
    """
    degraded = degraded_operations(api, limitations)
    return {
        "package": names.package,
        "client": names.client,
        "environment": names.environment,
        "credentials": {scheme: dict(parts) for scheme, parts in names.credentials.items()},
        "variables": dict(variables),
        "operations": [
            _row(operation, names, is_degraded=operation.key in degraded) | {"example": examples[operation.key]}
            for operation in api.operations
        ],
    }


def _row(operation: Operation, names: Names, *, is_degraded: bool) -> dict[str, Any]:
    own = names.operations[operation.key]
    body = operation.body
    return {
        "method": operation.method,
        "path": operation.path,
        "operationId": operation.operation_id,
        "call": f"{own.group}.{own.method}",
        "parameters": [
            {
                "in": parameter.place,
                "name": parameter.name,
                "argument": own.arguments[(parameter.place, parameter.name)],
            }
            for parameter in operation.parameters
        ],
        "body": {
            "argument": "body",
            "mediaTypes": [media.name for media in body.media],
            "properties": {argument: name for name, argument in own.body.items()},
        }
        if body is not None
        else None,
        "responses": [response.status for response in operation.responses],
        "security": [list(requirement) for requirement in operation.security],
        "paginated": operation.pagination is not None,
        "stream": f"{own.group}.{own.stream}" if own.stream is not None else None,
        "wait": f"{own.group}.{own.wait}" if own.wait is not None else None,
        "status": "degraded" if is_degraded else "emitted",
    }
