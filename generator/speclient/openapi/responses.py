"""Responses Objects: the status of each response."""

from __future__ import annotations

import re
from collections.abc import Iterator

from speclient.document import Node

_STATUS = re.compile(r"[1-5](\d\d|XX)|default")
WITHOUT_BODY = ("204", "205", "304")
"""Status codes of responses that have no body (RFC 9110)."""


def read_responses(section: Node | None) -> Iterator[tuple[str | None, Node]]:
    """Each response, with `$ref` unresolved, and its status: `200`, `4XX`, `default`, or None if its key is not one."""
    for key, node in section.items() if section else ():
        if not key.startswith("x-"):
            status = "default" if key.lower() == "default" else key.upper()
            yield status if _STATUS.fullmatch(status) else None, node
