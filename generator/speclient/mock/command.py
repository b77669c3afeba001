"""`speclient mock`: serve mocks of documents, several at once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from speclient.diagnostics import FatalError, printable, render_text
from speclient.mock.arguments import add_arguments
from speclient.mock.asgi import MockApplication
from speclient.mock.server import MissingServerError, run, watch
from speclient.mock.service import Mock
from speclient.mock.store import StoreError


def serve(options: argparse.Namespace, specs: Sequence[str | Path]) -> int:
    """Serve mocks of documents until interrupted, and return the exit code."""
    problem = _usage(options) or (None if specs else "name an OpenAPI document")
    if problem is not None:
        print(printable(f"error: {problem}"), file=sys.stderr)
        return 2
    paths: dict[str, Path] = {}
    for spec in specs:
        path = Path(spec)
        name = path.stem
        while name in paths:
            name += "-2"
        paths[name] = path

    def make(path: Path) -> Mock:
        mock = Mock(path, seed=options.seed, size=options.size, polls=options.lifecycle, token=options.token)
        if options.store is not None:
            mock.store.load(options.store)
        return mock

    try:
        mocks = {name: make(path) for name, path in paths.items()}
    except FatalError as wrong:
        print(render_text([wrong.diagnostic]), file=sys.stderr)
        return 2
    except StoreError as wrong:
        print(printable(f"error: {wrong}"), file=sys.stderr)
        return 2
    application = MockApplication(mocks, latency=options.latency)

    def started(url: str) -> None:
        for name, mock in mocks.items():
            place = url if len(mocks) == 1 else f"{url}/{name}"
            count = len(mock.operations)
            print(printable(f"{name}: {count} operation{'s' * (count != 1)} at {place}"))
        print(printable(f"page: {url}/   admin API: {url}/__mock/   stop: Ctrl-C"), flush=True)

    if not options.no_reload:
        watch(application, paths, make, lambda text: print(printable(text), file=sys.stderr, flush=True))
    try:
        run(application, options.host, options.port, started)
    except MissingServerError as wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return 2
    except OSError as wrong:
        print(
            printable(f"error: cannot listen on {options.host}:{options.port}: {wrong.strerror or wrong}"),
            file=sys.stderr,
        )
        return 2
    return 0


def _usage(options: argparse.Namespace) -> str | None:
    if not 0 <= options.port < 65536:
        return f"--port {options.port} is not a port"
    for name in ("size", "lifecycle", "latency"):
        if getattr(options, name) < 0:
            return f"--{name} must not be negative"
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """The command `speclient-mock` of the distribution that has only the mock."""
    parser = argparse.ArgumentParser(prog="speclient-mock", description="Serve mocks of OpenAPI documents.")
    add_arguments(parser)
    options = parser.parse_args(arguments)
    return serve(options, [path for spec in options.specs for path in _files(Path(spec))])


def _files(spec: Path) -> list[Path]:
    """The documents in a folder, or the file itself."""
    if not spec.is_dir():
        return [spec]
    found = [path for path in sorted(spec.iterdir()) if path.suffix in (".yaml", ".yml", ".json") and path.is_file()]
    # `pages.yaml` describes documentation pages.
    return [path for path in found if path.name != "pages.yaml"] or [spec]
