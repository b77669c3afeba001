"""Calling a generated method with arguments by wire name, over a transport that a test holds in its hands."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from .arguments import Arguments
from .credentials import Credentials, made_up
from .jsontypes import Json
from .operations import Operation, ParameterKey
from .oracle import WireRequest
from .package import Method, Package, PackageError

Responder = Callable[[httpx2.Request], httpx2.Response]


@dataclass(frozen=True)
class Returned:
    """The call returned `value`."""

    value: object

    def __str__(self) -> str:
        return f"a result: {_short(self.value)}"


@dataclass(frozen=True)
class Raised:
    """The call raised `error`."""

    error: BaseException

    def __str__(self) -> str:
        return f"{type(self.error).__name__}: {_short(self.error)}"


Outcome = Returned | Raised


@dataclass
class Session:
    """One client over a transport that records each request and answers as `respond` says.

    Nobody answers at first: a request side needs no valid answer for every operation, the request is all it
    wants.
    """

    package: Package
    base_url: str | None = None
    respond: Responder = field(default_factory=lambda: _refused)
    requests: list[WireRequest] = field(default_factory=list)

    @property
    def asynchronous(self) -> bool:
        """Whether the client is the asynchronous one."""
        return False

    def __post_init__(self) -> None:
        self.credentials: Credentials = self.package.accepted(made_up(self.package.document))
        settings: dict[str, Any] = self.settings()
        if self.base_url is not None:
            settings["base_url"] = self.base_url
        self.client = self.package.client(self.credentials, asynchronous=self.asynchronous, **settings)

    def server_of(self, operation: Operation) -> str:
        """The base URL that the calls of an operation go to."""
        return self.base_url if self.base_url is not None else self.package.server_of(operation)

    def settings(self) -> dict[str, object]:
        """What makes the client send its requests to this session."""
        return {"http_client": httpx2.Client(transport=httpx2.MockTransport(self._handle))}

    def answer_with(self, respond: Responder) -> None:
        """Answer from now on as `respond` says, and forget the requests so far."""
        self.respond = respond
        self.requests.clear()

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(WireRequest.from_httpx2(request))
        return self.respond(request)

    def call(self, method: Method, arguments: Arguments, *, positional: bool = False,
             extra: Mapping[str, object] | None = None) -> Outcome:  # fmt: skip
        """Call the method.

        Path parameters by position if `positional`. `extra` overrides arguments by their names.
        """
        return invoke(self.package, self.client, method, arguments, positional=positional, extra=extra)


def _refused(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


def invoke(package: Package, client: object, method: Method, arguments: Arguments, *,
           positional: bool = False, extra: Mapping[str, object] | None = None) -> Outcome:  # fmt: skip
    """Call the method of `client` that stands for an operation, and catch whatever comes of it."""
    function, by_position, by_name = bound(package, client, method, arguments, positional=positional, extra=extra)
    try:
        with warnings.catch_warnings():
            # A deprecated operation is judged like any other.
            warnings.simplefilter("ignore", DeprecationWarning)
            return Returned(first_request(function(*by_position, **by_name)))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        # Everything else is for the judges: panics of extension modules derive from BaseException.
        return Raised(error)


def bound(package: Package, client: object, method: Method, arguments: Arguments, *,
          positional: bool = False, extra: Mapping[str, object] | None = None,
          ) -> tuple[Callable[..., Any], list[object], dict[str, object]]:  # fmt: skip
    """The function of `client` for an operation, with its positional and keyword arguments."""
    function: Callable[..., object] = operator.attrgetter(method.call)(client)
    by_position: list[object] = []
    by_name: dict[str, object] = {}
    # By position means in the order of the path template.
    for key in sorted(arguments.values, key=lambda key: method.operation.path.find("{" + key.name + "}")):
        value, name = arguments.values[key], method.argument(key)
        if name is None:
            raise PackageError(f"{package.name}: {method.call} has no argument for the {key}")
        if positional and key.location == "path":
            by_position.append(value)
        else:
            by_name[name] = value
    if arguments.body_type is not None and method.body_argument is not None:
        by_name[method.body_argument] = arguments.body
        body = method.operation.body
        if body is not None and len({name.partition(";")[0].strip().lower() for name in body.content}) > 1:
            by_name["content_type"] = arguments.body_type
    return function, by_position, by_name | dict(extra or {})


_READERS = {
    "Paginator": "first_page",
    "AsyncPaginator": "first_page",
    "ItemStream": "collect",
    "AsyncItemStream": "collect",
}


def first_request(result: Any) -> Any:
    """The result of a call; methods with pages and streams send their request only when they are read."""
    # By type, since a model may have properties of any name.
    reader = _READERS.get(type(result).__name__)
    return result if reader is None else getattr(result, reader)()


def reproduction(method: Method, arguments: Arguments, extra: Mapping[str, object] | None = None) -> str:
    """The call as Python source, for messages."""
    shown = [f"{method.argument(key)}={value!r}" for key, value in arguments.values.items()]
    if arguments.body_type is not None:
        shown.append(f"{method.body_argument}={arguments.body!r}")
    shown += [f"{name}={value!r}" for name, value in (extra or {}).items()]
    return f"client.{method.call}({', '.join(shown)})"


def enum_members(package: Package, values: Mapping[ParameterKey, Json], method: Method) -> dict[str, object]:
    """The arguments that an exported enumeration has a member for, as that member."""
    members: dict[str, object] = {}
    for key, value in values.items():
        name = method.argument(key)
        for kind in package.enums:
            found = next((member for member in kind if isinstance(value, str) and member.value == value), None)
            if found is not None and name is not None and key.location != "path":
                members[name] = found
    return members


def _short(value: object) -> str:
    text = str(value) if isinstance(value, BaseException) else repr(value)
    return text if len(text) <= 300 else text[:297] + "..."
