"""A call as data: operation, arguments, options, and the state of its attempts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import uuid4

from ._errors import SchemaViolations
from ._operation import Operation
from ._options import NO_OPTIONS, CallOptions, Settings, merged, without_unset
from ._report import Report

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class Call(Generic[T]):
    """A call of an operation. `arguments` are keyed by the names of the method; None is not sent."""

    __slots__ = (
        "_key", "arguments", "attempts", "body", "content_type", "deadline", "operation", "options", "reads_whole",
        "replayable", "settings", "url",
    )  # fmt: skip

    def __init__(
        self,
        settings: Settings,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: Mapping[str, Any] = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> None:
        self.settings = settings
        self.operation = operation
        self.arguments = arguments
        passed = without_unset(options)
        self.options: CallOptions = merged(settings.options, passed, operation.params) if passed else settings.options
        self.body = body
        self.content_type = content_type
        self.reads_whole: Callable[[httpx2.Response], bool] | None = None
        """Whether a response body is read immediately. None means always."""
        self.url: str | None = None
        """The absolute URL of a further page or of a link. It replaces path and query."""
        self.attempts = 0
        self.replayable = True
        """Whether the body can be sent again."""
        self.deadline: float | None = None
        """The time of the monotonic clock at which the call must end."""
        self._key: str | None = None

    @property
    def key(self) -> str:
        """A random key of the call (UUID 4), by which a service recognizes its retries."""
        if self._key is None:
            self._key = str(uuid4())
        return self._key

    def reads(self, response: httpx2.Response) -> bool:
        """Return whether the body of a response is read immediately, within the limits on size and time."""
        return self.reads_whole is None or self.reads_whole(response)

    @property
    def tolerant(self) -> bool:
        """Whether the valid parts of a response with violations are returned."""
        return self.options.get("policy") != "strict"

    def report(self, response: httpx2.Response, violations: SchemaViolations) -> None:
        """Pass the violations of a response to the callback, or log each distinct violation once."""
        report = Report(self.operation.name, response, tuple(violations), violations.total)
        if self.settings.on_violation is not None:
            self.settings.on_violation(report)
        elif (message := self.settings.counter.message(report)) is not None:
            logging.getLogger(self.settings.package).warning("%s", self.without_secrets(message))

    def without_secrets(self, text: str) -> str:
        """Redact credentials in a message that contains text of the service."""
        from ._redact import hidden

        return hidden(text, self.settings.secrets())
