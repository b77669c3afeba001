"""Line and column of a JSON pointer. Made only when a finding needs it, because it costs another parse."""

from __future__ import annotations

from typing import Any

import yaml

from speclient.document.node import split_pointer
from speclient.document.yaml12 import compose_yaml


class Marks:
    """Finds places in one text. JSON is read as the YAML that it is."""

    def __init__(self, text: str) -> None:
        try:
            self._root: Any = compose_yaml(text)
        except (yaml.YAMLError, RecursionError):
            self._root = None

    def find(self, pointer: str) -> tuple[int | None, int | None]:
        """Line and column, from 1, of the value's key (or of the element); of the deepest part that exists."""
        node = self._root
        if node is None:
            return None, None
        mark = node.start_mark
        for token in split_pointer(pointer):
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if isinstance(key, yaml.ScalarNode) and key.value == token:
                        mark, node = key.start_mark, value
                        break
                else:
                    break
            elif isinstance(node, yaml.SequenceNode) and token.isdigit() and int(token) < len(node.value):
                node = node.value[int(token)]
                mark = node.start_mark
            else:
                break
        return mark.line + 1, mark.column + 1
