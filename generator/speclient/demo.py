"""`speclient demo`: each generated client calls each of its operations, answered by the embedded mock."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_WIDTH = 100


def run(specs: Sequence[Path], output: Path) -> int:
    """Show every package that was generated from one of the documents; gives the exit code."""
    import httpx2

    from speclient.mock import mock
    from speclient.pipeline import package_of

    code = 0
    for spec in specs:
        folder = package_of(spec, output)
        if folder is None:
            print(f"{spec}: no package in {output}; run `speclient generate`", file=sys.stderr)
            code = 2
            continue
        table = json.loads(next(folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
        sys.path.insert(0, str(folder))
        package = importlib.import_module(table["package"])
        credentials = {name: "demo" for parts in table["credentials"].values() for name in parts.values()}
        with httpx2.Client(transport=mock(spec)) as http_client:
            client = getattr(package, table["client"])(**credentials, http_client=http_client, base_url="https://mock")
            print(f"\n{folder.name}: {client!r}")
            for row in table["operations"]:
                print(f"  {_show(package, client, row)}")
        print(f"  {_show_error(package, table, spec, credentials)}")
    return code


def _show_error(package: Any, table: dict[str, Any], spec: Path, credentials: dict[str, str]) -> str:
    """The same client, when the service answers with an error that it documents."""
    import httpx2

    from speclient.mock import mock

    rows = [row for row in table["operations"] if row["example"] is not None]
    row = next((row for row in rows if row["example"]), (*rows, *table["operations"])[0])
    errors = sorted(status for status in row["answers"] if status.isdigit() and status >= "400")
    status = "404" if "404" in errors else next(iter(errors), "500")
    with httpx2.Client(transport=mock(spec), headers={"x-mock-status": status}) as http_client:
        client = getattr(package, table["client"])(
            **credentials, http_client=http_client, base_url="https://mock", max_retries=0
        )
        return _show(package, client, row)


def _show(package: Any, client: Any, row: dict[str, Any]) -> str:
    group, method = row["call"].split(".")
    if row["example"] is None:
        return f"client.{row['call']}: no example is known, see the reference"
    arguments = ", ".join(f"{name}={value!r}" for name, value in row["example"].items())
    call = f"client.{row['call']}({arguments})" + (".first_page()" if row["pages"] else "")
    try:
        result = getattr(getattr(client, group), method)(**row["example"])
        result = result.first_page() if row["pages"] else result.collect() if row["stream"] == row["call"] else result
    except package.APIError as problem:
        body = getattr(problem, "body", None)
        shown = f"\n       body: {body}" if body is not None else ""
        return f"{call}\n    !! {type(problem).__name__}: {problem}{shown}"
    text = json.dumps(package.to_jsonable(result), ensure_ascii=False)
    return f"{call}\n    -> {type(result).__name__} {text if len(text) <= _WIDTH else text[: _WIDTH - 4] + ' ...'}"
