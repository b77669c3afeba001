"""The reference client, and an environment in which no client finds credentials by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from speclient.contract import Package, load_package

REFERENCE = Path(__file__).parent / "reference"
PREFIXES = ("PARCELS_", "COALESCE_", "MODE_", "CORTEX_", "ETLWORKS_")


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(PREFIXES) or name.lower().endswith("_proxy"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def parcels() -> Package:
    return load_package("parcels_client", path=REFERENCE, spec=REFERENCE / "parcels.yaml")
