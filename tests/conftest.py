"""What all tests share: generate a package in a temporary folder and import it."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import pickle
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

from pinned_names import overlay_for
from speclient.config import Settings
from speclient.pipeline import Outcome, generate

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "generated"
PACKAGES = tuple(sorted(path.parent.name.removesuffix("-client") for path in GENERATED.glob("*/speclient.lock")))

Handler = Callable[[httpx2.Request], httpx2.Response]


@dataclass(frozen=True)
class Made:
    """A package that was generated for a test."""

    outcome: Outcome
    module: ModuleType
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return loaded

    def client(self, handler: Handler, **arguments: Any) -> Any:
        """The package's client over a transport that a function answers."""
        table = json.loads(next(self.folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
        http_client = httpx2.Client(transport=httpx2.MockTransport(handler))
        arguments = {"base_url": "https://api.example.com", "max_retries": 0, "policy": "strict", **arguments}
        return getattr(self.module, table["client"])(http_client=http_client, **arguments)


_SLOW_SAMPLE = 4
"""One in this many slow tests of each function runs in `make test`."""
_FAST_SAMPLE = 2
"""How many parametrized tests of each function run in `make test-fast`."""
_NOT_FAST = ("contract", "corpus", "fuzz", "typing", "errors")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run all slow tests instead of a fixed sample")
    parser.addoption("--fast", action="store_true", help="run only the tests of the inner loop")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select a fixed sample: of each function, the tests whose ids have the smallest hashes."""
    if config.getoption("--all"):
        return
    fast = config.getoption("--fast")
    by_function: dict[str, list[pytest.Item]] = {}
    for item in items:
        by_function.setdefault(item.nodeid.partition("[")[0], []).append(item)
    deselected: set[pytest.Item] = set()
    for group in by_function.values():
        group.sort(key=lambda item: hashlib.sha256(item.nodeid.encode()).hexdigest())
        if group[0].get_closest_marker("slow") is not None:
            deselected.update(group if fast else group[-(-len(group) // _SLOW_SAMPLE) :])
        elif fast:
            deselected.update(group[_FAST_SAMPLE:])
    if fast:
        folders = tuple(Path(__file__).parent / folder for folder in _NOT_FAST)
        deselected.update(item for item in items if any(item.path.is_relative_to(folder) for folder in folders))
    if deselected:
        config.hook.pytest_deselected(items=list(deselected))
        items[:] = [item for item in items if item not in deselected]


@pytest.fixture(autouse=True)
def _no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that another run remembered decides a test."""
    monkeypatch.setenv("SPECLIENT_CACHE", "off")


@pytest.fixture(scope="session")
def package_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all packages that this run generates, shared by its worker processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "packages"
    folder.mkdir(exist_ok=True)
    return folder


def generated(spec: Path, cache: Path) -> Outcome:
    """Generate the package of a document once per run; tests must not change its files."""
    digest = hashlib.sha256(spec.read_bytes())
    for neighbor in sorted(spec.parent.rglob("*")):
        if neighbor != spec and neighbor.suffix in (".yaml", ".json") and neighbor.is_file():
            digest.update(neighbor.name.encode() + b"\0" + neighbor.read_bytes())
    folder = cache / digest.hexdigest()
    stored = folder / "outcome.pickle"
    if not stored.exists():
        private = Path(tempfile.mkdtemp(dir=cache))
        names = overlay_for(spec, private)
        overlays = (str(names),) if names is not None else ()
        outcome = generate(spec, Settings(output=str(private), overlays=overlays))
        assert outcome.folder is not None, outcome.diagnostics
        outcome = replace(outcome, folder=folder / outcome.folder.name)
        (private / stored.name).write_bytes(pickle.dumps(outcome))
        with suppress(OSError):  # Another worker may have been faster.
            private.rename(folder)
    loaded: Outcome = pickle.loads(stored.read_bytes())
    return loaded


@pytest.fixture
def make(tmp_path: Path, package_cache: Path) -> Iterator[Callable[[str | Path], Made]]:
    """Generate a package from the text or the path of a document, and import it; it is forgotten after the test."""
    folders: list[str] = []
    names: list[str] = []

    def made(spec: str | Path) -> Made:
        path = spec
        if isinstance(spec, str):
            path = tmp_path / "openapi.yaml"
            path.write_text(textwrap.dedent(spec), encoding="utf-8")
        assert isinstance(path, Path)
        outcome = generated(path, package_cache)
        assert outcome.folder is not None
        folders.append(str(outcome.folder))
        sys.path.insert(0, folders[-1])
        name = next(entry.parent.name for entry in outcome.folder.glob("*/__init__.py"))
        names.append(name)
        _forget(name)
        return Made(outcome, importlib.import_module(name), outcome.folder)

    yield made
    for folder in folders:
        sys.path.remove(folder)
    for name in names:
        _forget(name)


def _forget(name: str) -> None:
    for module in [known for known in sys.modules if known == name or known.startswith(f"{name}.")]:
        del sys.modules[module]
