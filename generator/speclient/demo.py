"""`speclient demo`: call each operation of the generated clients against the embedded mock."""

from __future__ import annotations

import dataclasses
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speclient.diagnostics import Diagnostic, FatalError, Location, Severity, printable
from speclient.files import read_regular

_WIDTH = 100
"""Characters of a result that are shown."""


def run(specs: Sequence[Path], output: Path) -> int:
    """Print a call of each operation of each package, with its result.

    Args:
        specs: the documents of the packages.
        output: the folder of the packages.

    Returns:
        The exit code: 1 if a call raised an undocumented exception, 2 if a document has no package.

    Raises:
        FatalError: a package has no readable table of its operations.
    """
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
        table = _operations_table(folder)
        sys.path.insert(0, str(folder))
        package = importlib.import_module(table["package"])
        credentials = {name: "demo" for parts in table["credentials"].values() for name in parts.values()}
        with httpx2.Client(transport=mock(spec)) as http_client:
            client = getattr(package, table["client"])(**credentials, http_client=http_client, base_url="https://mock")
            print(printable(f"\n{folder.name}: {client!r}"))
            for row in table["operations"]:
                text, documented = _call(package, client, row)
                code = code if documented else max(code, 1)
                print(printable(f"  {text}"))
        if table["operations"]:
            print(printable(f"  {_call_with_error(package, table, spec, credentials)}"))
    return code


def _operations_table(folder: Path) -> dict[str, Any]:
    """Read `_spec/operations.json`, the table of operations and methods."""
    for path in sorted(folder.glob("*/_spec/operations.json")):
        try:
            table: dict[str, Any] = json.loads(read_regular(path))
            return table
        except (OSError, ValueError, RecursionError):
            break
    message = "the package has no readable operations.json"
    hint = "run `speclient generate --again --force`"
    raise FatalError(Diagnostic("SC404", Severity.ERROR, message, Location(folder.as_posix()), hint))


def _call_with_error(package: Any, table: dict[str, Any], spec: Path, credentials: dict[str, str]) -> str:
    """Call an operation while the mock responds with a documented error."""
    import httpx2

    from speclient.mock import mock

    rows = [row for row in table["operations"] if row["example"] is not None]
    row = next((row for row in rows if row["example"]), (*rows, *table["operations"])[0])
    errors = sorted(status for status in row["responses"] if status.isdigit() and status >= "400")
    status = "404" if "404" in errors else next(iter(errors), "500")
    with httpx2.Client(transport=mock(spec), headers={"x-mock-status": status}) as http_client:
        client = getattr(package, table["client"])(
            **credentials, http_client=http_client, base_url="https://mock", max_retries=0
        )
        return _call(package, client, row)[0]


def _call(package: Any, client: Any, row: dict[str, Any]) -> tuple[str, bool]:
    """Return a call with its result as text, and whether it ended as documented."""
    group, method = row["call"].split(".")
    if row["example"] is None:
        return f"client.{row['call']}: no example arguments are known, see REFERENCE.md", True
    arguments = ", ".join(f"{name}={value!r}" for name, value in row["example"].items())
    call = f"client.{row['call']}({arguments})" + (".first_page()" if row["paginated"] else "")
    try:
        result = getattr(getattr(client, group), method)(**row["example"])
        if row["paginated"]:
            result = result.first_page()
        elif row["stream"] == row["call"]:
            result = result.collect()
        text = _text(package, result)
    except package.APIError as problem:
        body = getattr(problem, "body", None)
        shown = f"\n       body: {body}" if body is not None else ""
        return f"{call}\n    !! {type(problem).__name__}: {problem}{shown}", True
    except Exception as problem:
        return f"{call}\n    !! unexpected {type(problem).__name__}: {str(problem)[:_WIDTH]}", False
    shown = text if len(text) <= _WIDTH else text[: _WIDTH - 4] + " ..."
    return f"{call}\n    -> {type(result).__name__} {shown}", True


def _text(package: Any, result: Any) -> str:
    def plain(value: Any) -> Any:
        if isinstance(value, (bytes, bytearray)):
            return f"({len(value):,} bytes)"
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = (field.name for field in dataclasses.fields(value))
            return {name: package.to_jsonable(getattr(value, name)) for name in fields}
        return str(value)

    if isinstance(result, (bytes, bytearray)):
        return str(plain(result))
    return json.dumps(package.to_jsonable(result), ensure_ascii=False, default=plain)
