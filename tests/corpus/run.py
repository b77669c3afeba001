"""Generate from every document of the folder that SPECLIENT_CORPUS names, import each package, and print a table.

`make corpus`. A document is test material only: nothing of it is written into the project.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from speclient.config import Settings
from speclient.diagnostics import FatalError
from speclient.pipeline import generate

IMPORT = r"""
import importlib, pkgutil, sys
from pydantic import BaseModel, TypeAdapter
sys.path.insert(0, sys.argv[1]); name = sys.argv[2]
package = importlib.import_module(name); models = importlib.import_module(name + ".models")
importlib.import_module(name + ".errors"); importlib.import_module(name + "._client")
for module in pkgutil.iter_modules([package.__path__[0] + "/resources"]):
    importlib.import_module(f"{name}.resources.{module.name}")
for made in dir(models):
    kind = getattr(models, made)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        kind.model_rebuild(); assert kind.__pydantic_complete__, made
    else:
        TypeAdapter(kind)
"""


def documents() -> list[Path]:
    """The corpus, or those documents of it whose names are given."""
    folder = os.environ.get("SPECLIENT_CORPUS")
    if not folder:
        sys.exit("SPECLIENT_CORPUS must name a folder of OpenAPI documents")
    wanted = sys.argv[1:]
    found = sorted(path for path in Path(folder).iterdir() if path.suffix in (".json", ".yaml", ".yml"))
    return [path for path in found if not wanted or path.stem in wanted]


def main() -> int:
    """Give 0 when every document gives a package that imports."""
    totals = [0, 0, 0]
    failed = 0
    print(f"{'document':40} {'emitted':>8} {'degraded':>8} {'refused':>8} {'models':>7} {'seconds':>8}  import")
    with tempfile.TemporaryDirectory() as output:
        for path in documents():
            begin = time.perf_counter()
            try:
                outcome = generate(path, Settings(output=output))
            except FatalError as problem:
                failed += 1
                print(f"{path.stem:40} {problem}")
                continue
            seconds = time.perf_counter() - begin
            if outcome.folder is None:
                failed += 1
                print(f"{path.stem:40} nothing could be generated")
                continue
            name = next(outcome.folder.glob("*/__init__.py")).parent.name
            done = subprocess.run(
                [sys.executable, "-c", IMPORT, str(outcome.folder), name], capture_output=True, text=True, check=False
            )
            failed += done.returncode != 0
            state = "whole" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]
            totals = [total + count for total, count in zip(totals, outcome.counts, strict=True)]
            counts = " ".join(f"{count:8}" for count in outcome.counts)
            print(f"{path.stem:40} {counts} {outcome.models:7} {seconds:8.1f}  {state}", flush=True)
    print(f"{'all':40} {' '.join(f'{total:8}' for total in totals)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
