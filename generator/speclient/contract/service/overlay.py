"""A proposal: how the document would have to change for the service to be right (OpenAPI Overlay 1.0)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml

from ..findings import Finding
from ..jsontypes import Json


def proposed_overlay(findings: Iterable[Finding], document: str) -> str:
    """The overlay as YAML. Only violations that adding to the document would resolve are in it."""
    actions: list[Json] = []
    for finding in findings:
        if finding.overlay:
            method, _, path = finding.operation.partition(" ")
            action: dict[str, Json] = {
                "target": f"$.paths[{_quoted(path)}].{method.lower()}",
                "description": f"{finding.check}: expected {finding.expected}; got {finding.got}"[:300],
                "update": dict(finding.overlay),
            }
            if action not in actions:
                actions.append(action)
    overlay = {
        "overlay": "1.0.0",
        "info": {"title": f"What the service returned beyond {Path(document).name}", "version": "1"},
        "actions": actions,
    }
    return yaml.safe_dump(overlay, sort_keys=False, allow_unicode=True, width=100)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
