"""The specs, one after the other."""

from __future__ import annotations

import pytest

from .reading import NAMES, spec


@pytest.fixture(params=NAMES)
def document(request: pytest.FixtureRequest) -> dict[str, object]:
    return spec(str(request.param))
