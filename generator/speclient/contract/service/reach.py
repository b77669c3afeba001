"""The first request of each operation: with known ids, those of earlier responses, or invented ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from ..arguments import ArgumentSpace
from ..jsontypes import Json
from ..operations import Operation, Parameter, ParameterKey
from .exchange import Exchange, Intent
from .inspector import Inspector
from .parameters import typed
from .values import documented_value, linked

_ATTEMPTS = 6
Values = dict[ParameterKey, Json]


class Reach:
    """The arguments of each operation that led to a successful response.

    Args:
        inspector: sends the requests.
        operations: those in scope.
    """

    def __init__(self, inspector: Inspector, operations: Sequence[Operation]) -> None:
        self._inspector = inspector
        self.operations = operations
        self.known: dict[str, Values] = {}
        self.tried: dict[str, Values] = {}
        """The last arguments of each operation, successful or not."""
        self.reasons: dict[str, str] = {}
        """Operation -> why no 2xx was received."""

    def check_params(self) -> None:
        """Raise `UsageError` for a value of the caller that no schema of its parameter takes."""
        for operation in self.operations:
            for parameter in operation.parameters:
                given = self._inspector.options.params.get(parameter.key.name)
                if given is not None and parameter.key.location in ("path", "query"):
                    typed(ArgumentSpace(operation), parameter, given)

    def run(self, operations: Sequence[Operation]) -> None:
        """Call each of these operations until it succeeds or the candidates are used up."""
        ordered = sorted(operations, key=lambda operation: operation.path.count("{"))
        for operation in ordered:
            if operation.method in ("GET", "HEAD") or operation.body is None:
                self._reach(operation)
        # Lists that were read later can name what an earlier operation needs.
        for operation in ordered:
            if operation.name in self.reasons and "{" in operation.path:
                self._reach(operation)

    def _reach(self, operation: Operation) -> None:
        inspector, last = self._inspector, None
        for values in islice(self.attempts(operation), _ATTEMPTS):
            if values == self.tried.get(operation.name):
                continue
            exchange = inspector.send(operation, values, Intent.OPEN)
            if exchange is None:
                break
            self.tried[operation.name] = values
            last = exchange
            if exchange.is_success:
                self.known[operation.name] = values
                self.reasons.pop(operation.name, None)
                return
            if exchange.status not in (400, 404, 410, 422):
                break
        if last is not None:
            self.reasons[operation.name] = self._reason(operation, last)

    def attempts(self, operation: Operation) -> Iterator[Values]:
        """Arguments for the required parameters, the most likely ones first."""
        required = [each for each in operation.parameters if each.required]
        columns = [self.candidates(operation, parameter) for parameter in required]
        for row in product(*columns):
            yield {parameter.key: value for parameter, value in zip(required, row, strict=True)}

    def candidates(self, operation: Operation, parameter: Parameter) -> list[Json]:
        """Values for a required parameter, the most likely ones first."""
        given = self._inspector.options.params.get(parameter.key.name)
        if given is not None and parameter.key.location in ("path", "query"):
            return [typed(ArgumentSpace(operation), parameter, given)]
        successful = [each for each in self._inspector.exchanges if each.is_success]
        judge = ArgumentSpace(operation).judge(parameter)
        candidates = linked(operation, parameter, successful) if parameter.key.location == "path" else iter(())
        found: list[Json] = []
        for value in candidates:
            if value not in found and judge.is_valid(value):
                found.append(value)
            if len(found) >= _ATTEMPTS - 1:
                break
        found = _varied(found)
        documented = documented_value(operation, parameter)
        if documented is not None and documented not in found:
            found.append(documented)
        return found

    def learn(self, operation: Operation) -> None:
        """Take the arguments of an earlier successful request that was generated."""
        exchanges = [each for each in self._inspector.exchanges if each.operation.name == operation.name]
        for exchange in exchanges:
            values: Values = {
                parameter.key: text
                for parameter in operation.parameters
                if (text := exchange.argument(parameter)) is not None
            }
            self.tried[operation.name] = values
            if exchange.is_success and all(each.key in values for each in operation.parameters if each.required):
                self.known[operation.name] = values
                return
        if exchanges:
            self.reasons[operation.name] = self._reason(operation, exchanges[-1])

    def _reason(self, operation: Operation, exchange: Exchange) -> str:
        status = exchange.status
        names = [each.key.name for each in operation.parameters if each.key.location == "path"]
        invented = [name for name in names if name not in self._inspector.options.params]
        if status in (401, 403):
            return f"status {status}: check the credentials and their permissions"
        if status == 404 and names:
            advice = ", ".join(f"--param {name}=..." for name in invented or names)
            return f"status 404: pass values that exist, {advice}"
        if status == 0:
            return "no response"
        return f"status {status}"

    def fixed(self, operation: Operation) -> Mapping[ParameterKey, Json]:
        """The successful arguments of an operation, or the last that were tried."""
        return self.known.get(operation.name) or self.tried.get(operation.name) or {}


def _varied(values: list[Json]) -> list[Json]:
    """At most one further value of each kind first: the second id of a kind rarely helps where the first did not."""
    first_of_kind = list({(type(value), len(str(value))): value for value in reversed(values)}.values())
    return [*reversed(first_of_kind), *(value for value in values if value not in first_of_kind)]
