"""Line and column of a JSON pointer. Created only when a diagnostic needs it, because it costs another parse."""

from __future__ import annotations

from speclient.document.node import split_pointer
from speclient.document.yaml12 import Mark, parse_source_map


class SourceMap:
    """Locates JSON pointers in one text. JSON is read as YAML."""

    def __init__(self, text: str) -> None:
        self._root: Mark | None = parse_source_map(text)

    def find(self, pointer: str) -> tuple[int | None, int | None]:
        """Line and column, from 1, of the value's key (or of the item); of the deepest part that exists."""
        mark = self._root
        if mark is None:
            return None, None
        for token in split_pointer(pointer):
            inner: Mark | None = None
            if isinstance(mark.members, dict):
                inner = mark.members.get(token)
            elif isinstance(mark.members, list) and token.isdecimal() and int(token) < len(mark.members):
                inner = mark.members[int(token)]
            if inner is None:
                break
            mark = inner
        return mark.line + 1, mark.column + 1
