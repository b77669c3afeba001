"""Settings: `[tool.speclient]` of a pyproject.toml, and what the command line says over it."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity
from speclient.files import read_regular

_LARGEST = 4 * 1024 * 1024
"""Bytes of a settings file or a template."""


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
    allow_urls: bool = False
    """Whether references may name http and https URLs."""
    overlays: tuple[str, ...] = ()
    """OpenAPI overlays that are applied to each document, in this order."""
    include: tuple[str, ...] = ()
    """Only operations that one of these patterns matches: `tag:runs`, `path:/v1/*`, `operation:list*`."""
    exclude: tuple[str, ...] = ()
    """No operation that one of these patterns matches."""
    templates: str | None = None
    """A folder whose Jinja templates stand in for those of the same name."""
    allow_variables: tuple[str, ...] = ()
    """Environment variables of other programs that packages may read, although a document chose their names."""
    infer_pagination: bool = True
    """Whether methods give all pages where the document shows how, but does not say so (`x-speclient`)."""

    def fingerprint(self) -> str:
        """What of the settings shows in the output, as text."""
        folder = Path(self.templates or "")
        templates = sorted(folder.rglob("*.jinja")) if self.templates else []
        texts = [[path.relative_to(folder).as_posix(), _template(path)] for path in templates]
        values = [self.package, self.package_version, self.allow_outside_refs, self.allow_urls, self.overlays]
        return json.dumps([*values, self.include, self.exclude, texts, self.infer_pagination, self.allow_variables])

    def problem(self) -> str | None:
        """What is wrong with a value, or None."""
        if any("\0" in text for text in (*self.specs, self.output)):
            return "a path can't hold the character NUL"
        for pattern in (*self.include, *self.exclude):
            if pattern.partition(":")[0] not in ("tag", "path", "operation") or ":" not in pattern:
                return f"{pattern!r} is no pattern of operations, such as tag:runs, path:/v1/* or operation:list*"
        if self.templates is not None and not Path(self.templates).is_dir():
            return f"templates: {self.templates!r} is no folder"
        if self.package is not None and _DISTRIBUTION.fullmatch(self.package) is None:
            return f"package: {self.package!r} is no name of a distribution, such as my-client"
        if self.package_version is not None and _VERSION.fullmatch(self.package_version) is None:
            return f"package-version: {self.package_version!r} is no version, such as 1.2.0"
        return None


# PEP 508, names; and PEP 440, public versions in their usual spelling.
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?", re.ASCII)
_VERSION = re.compile(r"(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9]+([.][a-z0-9]+)*)?", re.ASCII)

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
        shown = Path(_relative(path, start))
        try:
            tools = tomllib.loads(read_regular(path, _LARGEST).decode()).get("tool")
        except RecursionError:
            raise _wrong("can't be read: nested too deeply", shown) from None
        except (OSError, ValueError) as problem:  # A TOMLDecodeError or UnicodeDecodeError is a ValueError.
            raise _wrong(f"can't be read: {getattr(problem, 'strerror', None) or problem}", shown) from None
        table = tools.get("speclient") if isinstance(tools, dict) else None
        if table is None:
            continue
        if not isinstance(table, dict):
            raise _wrong("[tool.speclient] must be a table", shown)
        return _from_table(table, path, start)
    return Settings()


def _from_table(table: Mapping[str, Any], place: Path, start: Path) -> Settings:
    values: dict[str, Any] = {}
    path = Path(_relative(place, start))
    for key, value in table.items():
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, 1)
            raise _wrong(
                f"[tool.speclient] has no setting {key!r}{f'; did you mean {close[0]!r}?' if close else ''}",
                path,
            )
        name = _KEYS[key].name
        if name in ("specs", "overlays", "include", "exclude", "allow_variables"):
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                what = {"specs": "paths", "overlays": "paths", "allow_variables": "names"}.get(name, "patterns")
                raise _wrong(f"[tool.speclient] {key} must be a list of {what}", path)
            paths = name in ("specs", "overlays")
            values[name] = tuple(_relative(place.parent / item, start) if paths else item for item in value)
        elif name in ("allow_outside_refs", "allow_urls", "infer_pagination"):
            if not isinstance(value, bool):
                raise _wrong(f"[tool.speclient] {key} must be true or false", path)
            values[name] = value
        elif not isinstance(value, str):
            raise _wrong(f"[tool.speclient] {key} must be a string", path)
        else:
            values[name] = _relative(place.parent / value, start) if name in ("output", "templates") else value
    settings = Settings(**values)
    if (problem := settings.problem()) is not None:
        raise _wrong(f"[tool.speclient] {problem}", path)
    return settings


def _template(path: Path) -> str:
    try:
        return read_regular(path, _LARGEST).decode(errors="replace")
    except OSError as problem:
        raise _wrong(f"the template can't be read: {problem.strerror or problem}", path) from None


def _relative(path: Path, start: Path) -> str:
    """The path as seen from `start`; messages and results must not name the machine's folders."""
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:  # Another drive.
        return path.as_posix()
