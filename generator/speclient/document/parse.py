"""Reads and parses one file of a document, from disk or from a URL."""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from yaml.reader import ReaderError

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink, did_you_mean
from speclient.document.limits import Limits, homes, measure
from speclient.document.node import escape_pointer
from speclient.document.source_map import SourceMap
from speclient.document.yaml12 import TooLarge, finite, parse_yaml
from speclient.files import FileTooLarge, read_regular


@dataclass(slots=True)
class LoadedFile:
    """A loaded file."""

    text: str
    data: Any
    size: int = 0
    """In bytes."""
    shared: dict[int, str] = field(default_factory=dict[int, str])
    """Identity of a value that YAML aliases share -> its canonical pointer."""
    marks: SourceMap | None = None
    anchors: dict[str, str] | None = None


def fatal(code: str, message: str, location: Location | None, hint: str | None = None) -> FatalError:
    entry = CODES[code]
    return FatalError(Diagnostic(code, Severity(entry.severity), message, location, hint or entry.hint))


def read_file(path: Path, name: str, limits: Limits, sink: Sink) -> LoadedFile:
    """Read and parse one file; raises SC001, SC002 and SC006 as `FatalError`."""
    place = Location(name)
    try:
        raw = read_regular(path, limits.bytes)
    except FileTooLarge as problem:
        raise fatal("SC006", problem.strerror or str(problem), place) from None
    except FileNotFoundError:
        with contextlib.suppress(OSError):
            near = did_you_mean(path.name, [entry.name for entry in path.parent.iterdir() if entry.is_file()])
            raise fatal("SC001", f"no such file{near}", place) from None
        raise fatal("SC001", "no such file or folder", place) from None
    except OSError as problem:
        hint = "specify a document in this folder" if os.path.isdir(path) else None
        raise fatal("SC001", problem.strerror or str(problem), place, hint) from None
    return _loaded(raw, name, limits, sink)


def fetch_file(url: str, limits: Limits, sink: Sink) -> LoadedFile:
    """Download and parse one file; raises SC001, SC002 and SC006 as `FatalError`. Redirects are not followed."""
    import httpx2

    place = Location(url)
    raw = bytearray()
    try:
        with httpx2.stream("GET", url, timeout=_FETCH_SECONDS, follow_redirects=False) as response:
            if response.status_code != 200:
                raise fatal("SC001", f"the server returned {response.status_code}", place)
            for chunk in response.iter_bytes():
                raw += chunk
                if len(raw) > limits.bytes:
                    raise fatal("SC006", f"more than the limit of {limits.bytes:,} bytes", place)
    except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
        raise fatal("SC001", f"no response ({type(problem).__name__})", place) from None
    return _loaded(bytes(raw), url, limits, sink)


_FETCH_SECONDS = 20.0


def _loaded(raw: bytes, name: str, limits: Limits, sink: Sink) -> LoadedFile:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise fatal(
            "SC001", f"not UTF-8 at byte {problem.start}", Location(name, "", line), "save the file as UTF-8"
        ) from None
    try:
        data = _parse(text, name, limits, sink)
        shared = measure(data, limits)
    except TooLarge as problem:
        found = (problem.line, problem.column) if problem.line else SourceMap(text).find(problem.pointer)
        raise fatal("SC006", str(problem), Location(name, problem.pointer, *found)) from None
    return LoadedFile(text, data, len(raw), homes(data, shared) if shared else {})


_JSON_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def _count_json(text: str, limits: Limits) -> None:
    """Reject JSON with too many values before memory is allocated for them."""
    if sum(map(text.count, ",{[")) >= limits.values and (
        sum(map(_JSON_STRING.sub("", text).count, ",{[")) >= limits.values
    ):
        raise TooLarge(f"more than {limits.values:,} values", (), 1, 1)


def _parse(text: str, name: str, limits: Limits, sink: Sink) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        _count_json(text, limits)
        duplicates: list[str] = []

        def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
            made = dict(members)
            if len(made) != len(members):
                seen: set[str] = set()
                duplicates.extend(key for key, _ in members if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            return made

        try:
            data = json.loads(text, object_pairs_hook=pairs, parse_float=finite, parse_constant=str)
        except RecursionError:
            raise fatal("SC006", "nested too deeply", Location(name)) from None
        except ValueError as problem:
            # Flow-style YAML looks like JSON, so YAML is tried too; the message of the JSON parser is the better one.
            try:
                data, _ = parse_yaml(text, max_depth=limits.depth, max_values=limits.values)
            except (yaml.YAMLError, ValueError):
                place = Location(name, "", getattr(problem, "lineno", None), getattr(problem, "colno", None))
                raise fatal("SC002", f"not valid JSON: {getattr(problem, 'msg', problem)}", place) from None
        else:
            if _HALF.search(text) is not None:
                with contextlib.suppress(
                    RecursionError
                ):  # The limit on depth is reported by a later check with a better message.
                    data = _whole_text(data, Location(name), sink)
            if duplicates:
                lines = _repeated_keys(text)
                for number, key in enumerate(duplicates):
                    line = lines[number][1] if len(lines) == len(duplicates) else None
                    found = lines[number][0] if line else key
                    sink.report("SC007", f"duplicate key {found!r}", Location(name, "", line))
        return data
    try:
        data, twice = parse_yaml(text, max_depth=limits.depth, max_values=limits.values)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = Location(name, "", mark.line + 1 if mark else None, mark.column + 1 if mark else None)
        hint = None
        if mark and "\t" in _indent(text, mark.line):
            hint = "indent with spaces: YAML does not allow tabs for indentation"
        raise fatal("SC002", _yaml_message(problem), place, hint) from None
    except ReaderError as problem:
        line = text.count("\n", 0, text.find(chr(problem.character))) + 1
        message = f"the character #x{problem.character:04x} is not allowed"
        raise fatal("SC002", message, Location(name, "", line)) from None
    except (yaml.YAMLError, ValueError) as problem:
        raise fatal("SC002", str(problem).splitlines()[0], Location(name)) from None
    for key, line in twice:
        sink.report("SC007", f"duplicate key {key!r}", Location(name, "", line))
    return data


def _repeated_keys(text: str) -> list[tuple[str, int]]:
    """(key, line) of each duplicate key of a JSON text, inner mappings first; empty when it is not also YAML."""
    try:
        return parse_yaml(text)[1]
    except (yaml.YAMLError, ValueError, TooLarge):
        return []


_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def _whole_text(value: Any, place: Location, sink: Sink) -> Any:
    """The value with U+FFFD for each unpaired surrogate."""
    match value:
        case str():
            whole = "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in value)
            if whole != value:
                sink.report("SC008", "a string contains an unpaired surrogate; it is replaced by U+FFFD", place)
            return whole
        case dict():
            found: dict[str, Any] = {}
            for key, item in value.items():
                name = _whole_text(key, place, sink)
                found[name] = _whole_text(item, replace(place, pointer=f"{place.pointer}/{escape_pointer(name)}"), sink)
            return found
        case list():
            return [
                _whole_text(item, replace(place, pointer=f"{place.pointer}/{index}"), sink)
                for index, item in enumerate(value)
            ]
        case _:
            return value


def _indent(text: str, line: int) -> str:
    found = re.match(r"\s*", text.split("\n")[line] if line <= text.count("\n") else "")
    return found[0] if found is not None else ""


def _yaml_message(problem: yaml.MarkedYAMLError) -> str:
    """The problem and context of a PyYAML error: the start of an open quote helps more than the end of the file."""
    message, context, mark = problem.problem or "not YAML", problem.context, problem.context_mark
    if not context or not context.startswith("while"):
        return f"{context}, {message}" if context else message
    if mark is None or problem.problem_mark is None or mark.line == problem.problem_mark.line:
        return message
    return f"{message} {context} that begins at line {mark.line + 1}"
