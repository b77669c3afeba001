"""Settings: `[tool.speclient]` of a pyproject.toml, and what the command line says over it."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked to do. Paths are relative to the current folder."""

    specs: tuple[str, ...] = ()
    """OpenAPI documents."""
    output: str = "generated"
    """The folder that the packages' folders go into."""
    package: str | None = None
    """The distribution's name, for a run with one document."""
    package_version: str | None = None
    """The version of the packages; by default that of the document, where it is a valid one."""
    allow_outside_refs: bool = False
    """Whether references may name files outside the document's folder."""

    def fingerprint(self) -> str:
        """What of the settings shows in the output, as text."""
        return json.dumps([self.package, self.package_version, self.allow_outside_refs])


_KEYS = {field.name.replace("_", "-"): field for field in fields(Settings)}


def _wrong(message: str, path: Path) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, Location(path.as_posix()), CODES["SC501"].hint))


def find_settings(start: Path) -> Settings:
    """The settings of the nearest pyproject.toml with `[tool.speclient]`, at `start` or above; else the defaults.

    Raises:
        FatalError: SC501, the table holds something unknown or of the wrong type.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                table = tomllib.load(file).get("tool", {}).get("speclient")
        except (OSError, tomllib.TOMLDecodeError) as problem:
            raise _wrong(f"can't be read: {problem}", path) from None
        if table is not None:
            return _from_table(table, path, start)
    return Settings()


def _from_table(table: Mapping[str, Any], path: Path, start: Path) -> Settings:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, 1)
            raise _wrong(f"[tool.speclient] has no setting {key!r}{f'; did you mean {close[0]!r}?' if close else ''}", path)
        name = _KEYS[key].name
        if name == "specs":
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise _wrong("[tool.speclient] specs must be a list of paths", path)
            values[name] = tuple(_relative(path.parent / item, start) for item in value)
        elif name == "allow_outside_refs":
            if not isinstance(value, bool):
                raise _wrong(f"[tool.speclient] {key} must be true or false", path)
            values[name] = value
        elif not isinstance(value, str):
            raise _wrong(f"[tool.speclient] {key} must be a string", path)
        else:
            values[name] = _relative(path.parent / value, start) if name == "output" else value
    return Settings(**values)


def _relative(path: Path, start: Path) -> str:
    try:
        return path.relative_to(start).as_posix()
    except ValueError:
        return path.as_posix()
