"""One call as data: what is called, with which arguments and options, and how it went."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ._errors import SchemaViolations
from ._operation import Operation
from ._options import NO_OPTIONS, CallOptions, Settings, merged
from ._report import Report

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")


class Call(Generic[T]):
    """One call of an operation. `arguments` are by the names of the method; None is not sent."""

    __slots__ = (
        "arguments", "attempts", "body", "content_type", "deadline", "operation", "options", "reads_whole",
        "replayable", "settings", "url",
    )  # fmt: skip

    def __init__(
        self,
        settings: Settings,
        operation: Operation[T],
        arguments: Mapping[str, Any],
        options: CallOptions = NO_OPTIONS,
        body: Any = None,
        content_type: str | None = None,
    ) -> None:
        self.settings = settings
        self.operation = operation
        self.arguments = arguments
        self.options: CallOptions = merged(settings.options, options, operation.params) if options else settings.options
        self.body = body
        self.content_type = content_type
        self.reads_whole: Callable[[httpx2.Response], bool] | None = None
        """Tells which bodies are read at once; without it, all are."""
        self.url: str | None = None
        """The absolute URL of a further page or of a link, from the service; it holds all but headers."""
        self.attempts = 0
        self.replayable = True
        """Whether the body can be sent again."""
        self.deadline: float | None = None
        """A moment of the monotonic clock that the call must not outlast."""

    def reads(self, response: httpx2.Response) -> bool:
        """Whether the body of a response is read at once, within the limits on size and time."""
        return self.reads_whole is None or self.reads_whole(response)

    @property
    def tolerant(self) -> bool:
        """Whether an answer that departs from its schema is given as far as it is right."""
        return self.options.get("policy") != "strict"

    def report(self, response: httpx2.Response, violations: SchemaViolations) -> None:
        """Hand the violations of an answer to the callback, else to the log."""
        report = Report(self.operation.name, response, tuple(violations), violations.total)
        if self.settings.on_violation is not None:
            self.settings.on_violation(report)
        else:
            logging.getLogger(self.settings.package).warning("%s", self.without_secrets(str(report)))

    def without_secrets(self, text: str) -> str:
        """A message that repeats text of the service, which may have been sent credentials to repeat."""
        from ._redact import hidden

        return hidden(text, self.settings.secrets())
