"""Settings: `[tool.speclient]` of a pyproject.toml. Arguments of the command line take precedence."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, did_you_mean
from speclient.files import read_regular

_LARGEST = 4 * 1024 * 1024
"""Bytes of a settings file or a template."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a run. Paths are relative to the current folder."""

    specs: tuple[str, ...] = ()
    """OpenAPI documents."""
    output: str = "generated"
    """Folder in which each package has a folder."""
    package: str | None = None
    """Distribution name, for a run with one document."""
    package_version: str | None = None
    """Version of the packages. Defaults to the version of the document if that is a valid package version."""
    allow_outside_refs: bool = False
    """Follow references to files outside the document's folder."""
    allow_urls: bool = False
    """Follow references to http and https URLs."""
    overlays: tuple[str, ...] = ()
    """OpenAPI overlays, applied to each document in this order."""
    include: tuple[str, ...] = ()
    """Patterns of the operations to generate: `tag:runs`, `path:/v1/*`, `operation:list*`. Empty means all."""
    exclude: tuple[str, ...] = ()
    """Patterns of operations to leave out."""
    templates: str | None = None
    """Folder of Jinja templates that replace those of the same name."""
    allow_variables: tuple[str, ...] = ()
    """Environment variables of other programs that packages may read."""
    infer_pagination: bool = True
    """Infer pagination where `x-speclient` does not describe it."""
    tests: bool = False
    """Write tests of the packages, which run with pytest and the mock."""
    rules: tuple[tuple[str, str], ...] = ()
    """Diagnostic codes with their level: `off`, `note`, `warning` or `error`."""
    suppressions: str | None = None
    """File of suppressed findings. Defaults to `suppressions.yaml` next to pyproject.toml, if it exists."""
    pages: str | None = None
    """Folder with saved copies of docs pages."""

    def fingerprint(self) -> str:
        """Return the settings that affect the output, as text."""
        folder = Path(self.templates or "")
        templates = sorted(folder.rglob("*.jinja")) if self.templates else []
        texts = [[path.relative_to(folder).as_posix(), _template(path)] for path in templates]
        values = [self.package, self.package_version, self.allow_outside_refs, self.allow_urls, self.overlays]
        more = [self.infer_pagination, self.allow_variables, self.rules, self.tests]
        return json.dumps([*values, self.include, self.exclude, texts, *more])

    @property
    def levels(self) -> dict[str, Severity | None]:
        """The severity of each code in `rules`, or None for a code that is off."""
        return {code: None if level == "off" else Severity(level) for code, level in self.rules}

    def problem(self) -> str | None:
        """Return a description of the first invalid value, or None."""
        if any("\0" in text for text in (*self.specs, self.output)):
            return "a path must not contain the character NUL"
        for pattern in (*self.include, *self.exclude):
            if pattern.partition(":")[0] not in ("tag", "path", "operation") or ":" not in pattern:
                return f"{pattern!r} is not a pattern of operations, such as tag:runs, path:/v1/* or operation:list*"
        if self.templates is not None and not Path(self.templates).is_dir():
            return f"templates: {self.templates!r} is not a folder"
        if self.package is not None and _DISTRIBUTION.fullmatch(self.package) is None:
            return f"package: {self.package!r} is not a valid distribution name, such as my-client"
        if self.package_version is not None and _VERSION.fullmatch(self.package_version) is None:
            return f"package-version: {self.package_version!r} is not a valid version, such as 1.2.0"
        for code, level in self.rules:
            if code not in CODES:
                return f"rules: unknown code {code!r}{did_you_mean(code, CODES)}"
            if level not in _LEVELS:
                return f"rules: {code} must be one of {', '.join(_LEVELS)}"
            if not code.startswith(_GRADED):
                return f"rules: {code} cannot be changed; only SC1xx, SC2xx and SC7xx can"
        return None


_LEVELS = ("off", *Severity)
_GRADED = ("SC1", "SC2", "SC7")
# PEP 508, names; and PEP 440, public versions in their usual spelling.
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?", re.ASCII)
_VERSION = re.compile(r"(\d+!)?\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?(\+[a-z0-9]+([.][a-z0-9]+)*)?", re.ASCII)

_KEYS = {field.name.replace("_", "-"): field for field in fields(Settings)}


def _wrong(message: str, path: Path) -> FatalError:
    return FatalError(Diagnostic("SC501", Severity.ERROR, message, Location(path.as_posix()), CODES["SC501"].hint))


def find_settings(start: Path) -> Settings:
    """Return the settings of the nearest pyproject.toml with `[tool.speclient]`, in `start` or above, or the defaults.

    Raises:
        FatalError: SC501, the table has an unknown key or a value of the wrong type.
    """
    for folder in (start, *start.parents):
        path = folder / "pyproject.toml"
        if not path.is_file():
            continue
        shown = Path(_relative(path, start))
        try:
            tools = tomllib.loads(read_regular(path, _LARGEST).decode()).get("tool")
        except RecursionError:
            raise _wrong("cannot be read: nested too deeply", shown) from None
        except (OSError, ValueError) as problem:  # A TOMLDecodeError or UnicodeDecodeError is a ValueError.
            raise _wrong(f"cannot be read: {getattr(problem, 'strerror', None) or problem}", shown) from None
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
            raise _wrong(f"[tool.speclient] has no setting {key!r}{did_you_mean(key, _KEYS)}", path)
        name = _KEYS[key].name
        if name in ("specs", "overlays", "include", "exclude", "allow_variables"):
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                what = {"specs": "paths", "overlays": "paths", "allow_variables": "names"}.get(name, "patterns")
                raise _wrong(f"[tool.speclient] {key} must be a list of {what}", path)
            paths = name in ("specs", "overlays")
            values[name] = tuple(
                item if not paths or item.startswith(("http://", "https://")) else _relative(place.parent / item, start)
                for item in value
            )
        elif name == "rules":
            if not isinstance(value, dict) or not all(isinstance(level, str) for level in value.values()):
                raise _wrong('[tool.speclient] rules must be a table, such as {SC113 = "off"}', path)
            values[name] = tuple((code.upper(), level) for code, level in value.items())
        elif name in ("allow_outside_refs", "allow_urls", "infer_pagination", "tests"):
            if not isinstance(value, bool):
                raise _wrong(f"[tool.speclient] {key} must be true or false", path)
            values[name] = value
        elif not isinstance(value, str):
            raise _wrong(f"[tool.speclient] {key} must be a string", path)
        else:
            values[name] = (
                _relative(place.parent / value, start)
                if name in ("output", "templates", "suppressions", "pages")
                else value
            )
    default = place.parent / "suppressions.yaml"
    if "suppressions" not in values and default.is_file():
        values["suppressions"] = _relative(default, start)
    settings = Settings(**values)
    if (problem := settings.problem()) is not None:
        raise _wrong(f"[tool.speclient] {problem}", path)
    return settings


def _template(path: Path) -> str:
    try:
        return read_regular(path, _LARGEST).decode(errors="replace")
    except OSError as problem:
        raise _wrong(f"the template cannot be read: {problem.strerror or problem}", path) from None


def _relative(path: Path, start: Path) -> str:
    """Return the path relative to `start`. Messages and results must not contain absolute paths."""
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:  # Another drive.
        return path.as_posix()
