"""pytest fixtures for the mocks of installed packages: `NAME_mock` for the package `NAME_client`.

A client that the tested code creates without a transport of its own calls the mock, in process and without a socket.
Nothing of a package is imported before a test asks for its fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from types import ModuleType
from typing import Any

import pytest

_OPTIONS = "speclient_mock"


def pytest_configure(config: pytest.Config) -> None:
    """Register one fixture for each installed package, and the marker for its options."""
    from importlib.metadata import entry_points

    config.addinivalue_line(
        "markers", f"{_OPTIONS}(seed=0, size=60, polls=1, token=None, clock=...): options of the mocks of a test"
    )
    found = {each.name: each.value.partition(":")[0] for each in entry_points(group="speclient.packages")}
    # pytest looks for fixtures in modules and classes.
    fixtures = ModuleType("speclient_mock_fixtures")
    for name, package in found.items():
        setattr(fixtures, f"{name}_mock", _fixture(name, package))
    config.pluginmanager.register(fixtures, "speclient_mock_fixtures")


def _fixture(name: str, package: str) -> Any:
    def provide(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Generator[Any]:
        yield installed(package, request, monkeypatch)

    provide.__doc__ = f"A mock of {package}; clients that are created without a transport call it."
    return pytest.fixture(name=f"{name}_mock")(provide)


def installed(package: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The mock of a package, in place of the service for the rest of the test."""
    from speclient.mock.packages import PackageMock

    mock = PackageMock(package, **_options(request.node.iter_markers(_OPTIONS)))
    for variable in mock.variables.values():
        monkeypatch.delenv(variable, raising=False)
    for variable, value in mock.environment().items():
        monkeypatch.setenv(variable, value)
    for name in ("Transport", "AsyncTransport"):
        monkeypatch.setattr(mock.transport_module(), name, _always(mock.transport))
    return mock


def _always(transport: Any) -> Callable[..., Any]:
    def create(*_: Any, **__: Any) -> Any:
        return transport

    return create


def _options(markers: Iterable[pytest.Mark]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for marker in reversed(list(markers)):
        options.update(marker.kwargs)
    return options
