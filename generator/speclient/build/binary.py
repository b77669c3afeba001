"""Responses without a description of their content that are files."""

from __future__ import annotations

import re
from dataclasses import replace

from speclient.document import Node
from speclient.ir import Anything, Binary, MediaType, Response

_FILES = frozenset({"archive", "download", "export", "raw"})
"""The last word of the path of a file."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def with_binary(
    responses: tuple[Response, ...], extension: Node, method: str, path: str
) -> tuple[tuple[Response, ...], Binary | None]:
    """Return the responses, in which a 200 without content has bytes if it is a file, and the evidence for that.

    `x-speclient: {binary: true}` states it. It is inferred for a GET request by the last word of the path; a POST to
    `/projects/{id}/archive` is an action.

    Args:
        responses: all responses of the operation.
        extension: its `x-speclient`.
        method: the HTTP method.
        path: the path template.
    """
    if not any(_is_open(response) for response in responses):
        return responses, None
    stated = extension.mapping.get("binary")
    if isinstance(stated, bool):
        binary = Binary("x-speclient", inferred=False) if stated else None
    else:
        binary = _inferred(path) if method == "GET" else None
    if binary is None:
        return responses, None
    content = (MediaType("*/*", "bytes", Anything()),)
    return tuple(replace(each, media=content) if _is_open(each) else each for each in responses), binary


def _is_open(response: Response) -> bool:
    return response.status == "200" and not response.media


def _inferred(path: str) -> Binary | None:
    words = _WORD.findall(re.sub(r"\{[^{}]*\}", "", path))
    word = words[-1].lower() if words else ""
    if word not in _FILES:
        return None
    return Binary(f"the path ends in {word!r}, and the response 200 has no content", inferred=True)
