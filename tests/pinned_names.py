"""An overlay that gives the operations of a test document names that do not depend on the rules for names.

Tests of other features call `client.api.get_thing()`. tests/unit/test_method_names.py tests the rules for names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from speclient.naming import snake

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


def overlay_for(spec: Path, folder: Path) -> Path | None:
    """Write the overlay; None if the document has no operation without names, or is not valid YAML."""
    try:
        document = yaml.safe_load(spec.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return None
    actions = list(_actions(document)) if isinstance(document, dict) else []
    if not actions:
        return None
    path = folder / "names.overlay.yaml"
    overlay = {"overlay": "1.0.0", "info": {"title": "Names", "version": "1"}, "actions": actions}
    path.write_text(json.dumps(overlay), encoding="utf-8")
    return path


def _actions(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if str(method).lower() not in _METHODS or not isinstance(operation, dict) or "$ref" in operation:
                continue
            known = operation.get("x-speclient")
            names = _names(str(path), str(method), operation)
            missing = {key: value for key, value in names.items() if not isinstance(known, dict) or key not in known}
            if missing and (known is None or isinstance(known, dict)):
                target = f"$.paths[{json.dumps(path)}][{json.dumps(method)}]"
                yield {"target": target, "update": {"x-speclient": missing}}


def _names(path: str, method: str, operation: dict[str, Any]) -> dict[str, str]:
    tags = operation.get("tags") or ["api"]
    parameters = re.findall(r"\{([^{}]*)\}", path)
    by = f" by {' and '.join(parameters)}" if parameters else ""
    segments = [part for part in path.split("/") if part and "{" not in part]
    described = f"{method.lower()} {' '.join(segments)}{by}"
    return {
        "group": snake(str(tags[0]), "api"),
        "method": snake(str(operation.get("operationId") or described), "call"),
    }
