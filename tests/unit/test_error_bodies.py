"""The union of the bodies that a status can have, when there are very many."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from speclient.config import Settings
from speclient.pipeline import generate


def _document(count: int) -> dict[str, Any]:
    def operation(number: int) -> dict[str, Any]:
        schema = {"type": "object", "properties": {f"field{number}": {"type": "string"}}}
        return {"get": {"responses": {"400": {"description": "", "content": {"application/json": {"schema": schema}}}}}}

    paths = {f"/{number}": operation(number) for number in range(count)}
    return {"openapi": "3.1.0", "info": {"title": "Wide", "version": "1"}, "paths": paths}


@pytest.mark.parametrize("rest", [0, 1, 2])
def test_no_chunk_of_a_wide_union_has_one_member(rest: int, tmp_path: Path) -> None:
    from speclient.render.errors import _WIDE

    spec = tmp_path / "wide.json"
    spec.write_text(json.dumps(_document(2 * _WIDE + rest)), encoding="utf-8")
    folder = generate(spec, Settings(output=str(tmp_path))).folder
    assert folder is not None
    text = next(folder.glob("*/errors.py")).read_text(encoding="utf-8")
    assert len(set(re.findall(r"models\.\w+", text))) == 2 * _WIDE + rest
    assert re.search(r"Union\[\s*[\w.]+,?\s*\]", text) is None
