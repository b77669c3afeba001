"""The documented error statuses of all operations to classes with typed bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from speclient.ir import Api, Schema
from speclient.naming import Names
from speclient.render.annotations import Annotations
from speclient.render.escape import docstring, one_line
from speclient.render.methods import error_class
from speclient.runtime import _errors

_WIDE = 50

CORE_ERRORS: tuple[str, ...] = tuple(
    name
    for name, kind in vars(_errors).items()
    if isinstance(kind, type)
    and (issubclass(kind, Exception) or name == "SchemaViolation")
    and kind.__module__ == _errors.__name__
)
"""The public names of the runtime's errors, base first."""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """A class for one status."""

    name: str
    base: str
    status: int
    doc: str
    body: str


def error_views(api: Api, names: Names, schemas: Mapping[str, Schema]) -> tuple[ErrorView, ...]:
    """One class a documented status that is no success, ordered by status."""
    annotations = Annotations(schemas, names)
    bodies: dict[int, dict[str, None]] = {}
    texts: dict[int, dict[str, None]] = {}
    for operation in api.operations:
        for answer in operation.responses:
            if not answer.status.isdigit() or answer.status.startswith("2"):
                continue
            status = int(answer.status)
            found = bodies.setdefault(status, {})
            for media in answer.media:
                kinds = {"json": annotations.result(media.type), "text": "str"}
                found[kinds.get(media.kind, "bytes")] = None
            text = one_line(answer.description or "", 300)
            if text:
                texts.setdefault(status, {})[text] = None
    return tuple(_view(status, list(bodies[status]), list(texts.get(status, ()))) for status in sorted(bodies))


def _view(status: int, bodies: Sequence[str], texts: Sequence[str]) -> ErrorView:
    name = error_class(str(status))
    base = f"_errors.{name}" if name in CORE_ERRORS else "_errors.StatusError"
    parts = list(dict.fromkeys(part for part in bodies if part != "None"))
    body = "Any" if "Any" in parts else " | ".join([*parts, "None"]) if parts else "None"
    if len(parts) > _WIDE and body != "Any":
        # A checker gives up on a union of hundreds; it takes one of some dozens of unions.
        chunks = [parts[start : start + _WIDE] for start in range(0, len(parts), _WIDE)]
        inner = [f"Union[{', '.join(chunk)}]" if len(chunk) > 1 else chunk[0] for chunk in chunks]
        body = f"Union[{', '.join(inner)}, None]"
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    text = f"{status} {phrase}".strip()
    if len(texts) == 1:
        text += f": {texts[0]}"
    return ErrorView(name, base, status, docstring(text if text.endswith(".") else text + ".", 4), body)


def error_tree(errors: Sequence[ErrorView]) -> str:
    """The tree of exceptions, with the documented statuses."""
    lines = [
        "APIError",
        "├── MissingCredentialsError      no credentials for an operation that asks for some",
        "├── TokenError                   no token could be had",
        "├── RequestError (ValueError)    an argument that can't be put on the wire",
        "├── WebhookError (ValueError)    a body that the service sent breaks its schema",
        "├── PaginationError                  pages that lead in a circle, to another host, or nowhere",
        "├── WaitError                    of a method that waits: .state, .last",
        "│   ├── FailedStateError         it ended in a state of failure",
        "│   └── WaitTimeoutError         it did not end in time",
        "├── APIConnectionError           no answer came",
        "│   └── APITimeoutError          no answer in time",
        "└── ResponseError                .response, .status_code, .headers, .request_id",
        "    ├── UndecodableResponseError not of a documented content type, or no JSON",
        "    │   └── ResponseTooLargeError a body over the limit",
        "    ├── InvalidResponseError     the JSON breaks the schema: .violations",
        "    └── StatusError              .body, .body_error, .retry_after",
    ]
    lines += [f"        ├── {view.name:<24} {view.status}" for view in errors]
    lines.append("        └── ...                      one for each other status that has a name")
    return "\n".join(lines)
