"""A sample of real documents, when SPECLIENT_CORPUS names a folder of them: each gives a package whose models work."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from speclient.config import Settings
from speclient.pipeline import generate
from tests_support import ROOT

FOLDER = os.environ.get("SPECLIENT_CORPUS")
SAMPLE = (
    "ip2location-io", "deutschebahn-com-fasta", "mercure-local", "uscann-net", "meteosource-com", "rev-ai",
    "getsandbox-com",
    "up-com-au", "listennotes-com", "codat-io-assess", "pocketsmith-com", "spotify-com", "probely-com", "pay1-de-link",
)  # fmt: skip


@pytest.mark.skipif(not FOLDER, reason="SPECLIENT_CORPUS is not set")
@pytest.mark.parametrize("name", SAMPLE)
def test_a_real_document_gives_a_package_that_imports(name: str, tmp_path: Path) -> None:
    assert FOLDER is not None
    outcome = generate(Path(FOLDER) / f"{name}.json", Settings(output=str(tmp_path)))
    assert outcome.folder is not None
    assert outcome.counts[2] == 0
    package = next(outcome.folder.glob("*/__init__.py")).parent.name
    for program in ("imports.py", "round_trips.py"):
        path = ROOT / "tests" / "corpus" / program
        subprocess.run([sys.executable, path, str(outcome.folder), package], check=True)
