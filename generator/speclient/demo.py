"""`speclient demo`: each generated client calls each of its operations, answered by the embedded mock."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speclient.diagnostics import Diagnostic, FatalError, Location, Severity, printable
from speclient.files import read_regular

_WIDTH = 100


def run(specs: Sequence[Path], output: Path) -> int:
    """Show every package that was generated from one of the documents; gives the exit code."""
    import httpx2

    from speclient.mock import mock
    from speclient.publish.packages import package_of

    code = 0
    for spec in specs:
        folder = package_of(spec, output)
        if folder is None:
            print(printable(f"{spec}: no package in {output}; run `speclient generate`"), file=sys.stderr)
            code = 2
            continue
        table = _table(folder)
        sys.path.insert(0, str(folder))
        package = importlib.import_module(table["package"])
        credentials = {name: "demo" for parts in table["credentials"].values() for name in parts.values()}
        with httpx2.Client(transport=mock(spec)) as http_client:
            client = getattr(package, table["client"])(**credentials, http_client=http_client, base_url="https://mock")
            print(printable(f"\n{folder.name}: {client!r}"))
            for row in table["operations"]:
                shown, whole = _show(package, client, row)
                code = code if whole else max(code, 1)
                print(printable(f"  {shown}"))
        if table["operations"]:
            print(printable(f"  {_show_error(package, table, spec, credentials)}"))
    return code


def _table(folder: Path) -> dict[str, Any]:
    """Which method belongs to which operation, as the package says."""
    for path in sorted(folder.glob("*/_spec/operations.json")):
        try:
            table: dict[str, Any] = json.loads(read_regular(path))
            return table
        except (OSError, ValueError, RecursionError):
            break
    message = "the package has no operations.json that can be read"
    hint = "run `speclient generate --again --force`"
    raise FatalError(Diagnostic("SC404", Severity.ERROR, message, Location(folder.as_posix()), hint))


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
        return _show(package, client, row)[0]


def _show(package: Any, client: Any, row: dict[str, Any]) -> tuple[str, bool]:
    """A call with its result, and whether it ended as the package documents."""
    group, method = row["call"].split(".")
    if row["example"] is None:
        return f"client.{row['call']}: no example is known, see the reference", True
    arguments = ", ".join(f"{name}={value!r}" for name, value in row["example"].items())
    call = f"client.{row['call']}({arguments})" + (".first_page()" if row["pages"] else "")
    try:
        result = getattr(getattr(client, group), method)(**row["example"])
        result = result.first_page() if row["pages"] else result.collect() if row["stream"] == row["call"] else result
    except package.APIError as problem:
        body = getattr(problem, "body", None)
        shown = f"\n       body: {body}" if body is not None else ""
        return f"{call}\n    !! {type(problem).__name__}: {problem}{shown}", True
    except Exception as problem:
        return f"{call}\n    !! unexpected {type(problem).__name__}: {str(problem)[:_WIDTH]}", False
    if isinstance(result, (bytes, bytearray)):
        text = f"({len(result):,} bytes)"
    else:
        text = json.dumps(package.to_jsonable(result), ensure_ascii=False)
    shown = text if len(text) <= _WIDTH else text[: _WIDTH - 4] + " ..."
    return f"{call}\n    -> {type(result).__name__} {shown}", True
