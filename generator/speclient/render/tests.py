"""The tests of a package: each operation against the mock, in both clients, with its errors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from speclient.ir import Api, Operation
from speclient.naming import Names, error_class
from speclient.render.examples import ExampleArgumentView, Examples
from speclient.render.kinds import Name, Text
from speclient.render.methods import GroupView, MethodView


@dataclass(frozen=True, slots=True)
class ErrorCaseView:
    """A documented error status."""

    status: int
    """The status code."""
    name: Name
    """The exception class."""


@dataclass(frozen=True, slots=True)
class WaitCaseView:
    """How a job is brought to its end."""

    name: Name
    """The method that waits, for the names of its tests."""
    method: Name
    """The same, below the client: `group.method`."""
    identity: str | int
    """The value that identifies the job."""
    success: str | int | bool
    """A state of success."""
    failure: str | int | bool | None
    """A state of failure; None if the document has none."""
    nested: bool
    """Whether the job is below other resources, which a request for it creates."""


@dataclass(frozen=True, slots=True)
class TestCaseView:
    """The tests of one method."""

    name: Name
    """Name of the method, for the names of its tests."""
    method: Name
    """The method, below the client: `group.method`."""
    operation: Text
    """How the mock calls the operation: its operationId, or method and path."""
    arguments: tuple[ExampleArgumentView, ...]
    """Example arguments."""
    errors: tuple[ErrorCaseView, ...]
    """Its documented errors."""
    paginated: bool
    """Whether it returns pages."""
    streams: bool
    """Whether it returns a stream of items."""
    result: Name | None
    """The model that it returns; None for other types."""
    wait: WaitCaseView | None
    """How its `wait` method is tested; None without one."""


@dataclass(frozen=True, slots=True)
class TestModuleView:
    """The tests of one group."""

    group: Name
    """Attribute of the client."""
    package: Name
    """Import name of the package."""
    cases: tuple[TestCaseView, ...]
    """Its methods, without those that have no valid example."""
    errors: tuple[Name, ...]
    """The exception classes that the tests use."""
    paginated: bool
    """Whether a method returns pages."""
    waits: bool
    """Whether a method waits."""
    models: bool
    """Whether the tests use models."""


def test_views(
    api: Api, names: Names, groups: Sequence[GroupView], examples: Examples, models: Collection[str]
) -> tuple[TestModuleView, ...]:  # fmt: skip
    """One module per group that has testable methods.

    Args:
        api: the API.
        names: the names of the package.
        groups: the groups of the client.
        examples: the example programs.
        models: the names of the models.
    """
    views: list[TestModuleView] = []
    for group in groups:
        cases = tuple(
            _case(operation, names, method, examples, models)
            for operation in api.operations
            if names.operations[operation.key].group == group.attribute and examples.missing(operation) is None
            for method in group.methods
            if method.name == names.operations[operation.key].method
        )
        if cases:
            errors = {error.name for case in cases for error in case.errors}
            errors |= {Name("StatusError")} if errors else set()
            errors |= {Name("FailedStateError") for case in cases if case.wait and case.wait.failure is not None}
            views.append(
                TestModuleView(
                    group=group.attribute,
                    package=Name(names.package),
                    cases=cases,
                    errors=tuple(sorted(errors)),
                    paginated=any(case.paginated for case in cases),
                    waits=any(case.wait is not None for case in cases),
                    models=any(case.result is not None for case in cases),
                )
            )
    return tuple(views)


def _case(
    operation: Operation, names: Names, method: MethodView, examples: Examples, models: Collection[str]
) -> TestCaseView:
    own = names.operations[operation.key]
    view = examples.view(operation, method)
    arguments = view.calls[0].arguments if view is not None else ()
    options = {"max_items", "max_pages"}
    arguments = tuple(argument for argument in arguments if argument.name not in options)
    result = str(method.result).removeprefix("models.")
    errors = [
        ErrorCaseView(int(response.status), Name(error_class(response.status)))
        for response in operation.responses
        if response.status.isdigit() and int(response.status) >= 400
    ]
    return TestCaseView(
        name=method.name,
        method=Name(f"{own.group}.{own.method}"),
        operation=Text(operation.operation_id or f"{operation.method} {operation.path}"),
        arguments=arguments,
        errors=tuple(errors),
        paginated=method.pagination is not None,
        streams=method.stream is not None and method.stream == method.name,
        result=Name(result) if result in models else None,
        wait=_wait(operation, names, arguments),
    )


def _wait(operation: Operation, names: Names, arguments: Sequence[ExampleArgumentView]) -> WaitCaseView | None:
    own, polling = names.operations[operation.key], operation.polling
    paths = [parameter for parameter in operation.parameters if parameter.place == "path"]
    if own.wait is None or polling is None or not polling.success or not paths:
        return None
    last = own.arguments[("path", paths[-1].name)]
    identity = next((argument.value for argument in arguments if argument.name in (None, last)), None)
    if not isinstance(identity, str | int):
        return None
    failure = polling.failure[0] if polling.failure else None
    return WaitCaseView(
        Name(own.wait), Name(f"{own.group}.{own.wait}"), identity, polling.success[0], failure, nested=len(paths) > 1
    )
