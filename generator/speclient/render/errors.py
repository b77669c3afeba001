"""Exception classes for the documented error status codes, with typed bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from speclient.ir import Api, Schema
from speclient.naming import Names, error_class
from speclient.render.annotations import Annotations
from speclient.render.escape import one_line
from speclient.render.kinds import Annotation, Name, Text
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
    """An exception class for one status code."""

    name: Name
    """Name of the class."""
    base: Name
    """Its base class, with the module."""
    status: int
    """The status code."""
    doc: Text
    """The status, its reason phrase and the description."""
    body: Annotation
    """Type of its body."""


def error_views(api: Api, names: Names, schemas: Mapping[str, Schema]) -> tuple[ErrorView, ...]:
    """One exception class per documented status code that is not a success, ordered by status code.

    Args:
        api: the API.
        names: the names of the package.
        schemas: the schemas by id.
    """
    annotations = Annotations(schemas, names)
    bodies: dict[int, dict[str, None]] = {}
    texts: dict[int, dict[str, None]] = {}
    for operation in api.operations:
        for response in operation.responses:
            if not response.status.isdigit() or response.status.startswith("2"):
                continue
            status = int(response.status)
            types = bodies.setdefault(status, {})
            for media in response.media:
                kinds = {"json": annotations.result(media.type), "text": "str"}
                types[kinds.get(media.kind, "bytes")] = None
            text = one_line(response.description or "", 300)
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
    doc = Text(text if text.endswith(".") else text + ".")
    return ErrorView(Name(name), Name(base), status, doc, Annotation(body))
