"""Load a document and its files; resolve references; find lines. The only stage that reads input from disk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink
from speclient.document.marks import Marks
from speclient.document.node import Node, escape_pointer, split_pointer
from speclient.document.yaml12 import parse_yaml


class ReferenceProblem(Exception):
    """A reference that can't be followed. Holds the diagnostic; whoever needed the target decides what it costs."""

    def __init__(self, code: str, message: str, location: Location) -> None:
        super().__init__(message)
        entry = CODES[code]
        self.diagnostic = Diagnostic(code, Severity(entry.severity), message, location, entry.hint)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: bytes of one file, values after aliases are expanded, depth, files."""

    bytes: int = 64 * 1024 * 1024
    values: int = 20_000_000
    depth: int = 400
    files: int = 1000


@dataclass(slots=True)
class _File:
    text: str
    data: Any
    marks: Marks | None = None
    anchors: dict[str, str] | None = None


@dataclass(slots=True, eq=False)
class Document:
    """The root file and every file that it refers to (read on first use)."""

    root_file: str
    folder: Path
    version: tuple[int, int]
    limits: Limits
    allow_outside: bool
    sink: Sink
    files: dict[str, _File] = field(default_factory=dict[str, _File])

    @property
    def root(self) -> Node:
        """The root of the root file."""
        return Node(self, self.root_file, "", self.files[self.root_file].data)

    @property
    def text(self) -> str:
        """The text of the root file."""
        return self.files[self.root_file].text

    def texts(self) -> Iterable[tuple[str, str]]:
        """Name and text of every file read so far, the root file first."""
        return ((name, loaded.text) for name, loaded in self.files.items())

    def at(self, file: str, pointer: str) -> Node | None:
        """The value at a JSON pointer of a file that was read, or None."""
        value = self.files[file].data
        for token in split_pointer(pointer):
            if isinstance(value, dict) and token in value:
                value = value[token]
            elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
                value = value[int(token)]
            else:
                return None
        return Node(self, file, pointer, value)

    def resolve(self, node: Node) -> Node:
        """Follow `$ref` until something that is no reference (SC010 to SC012 as `ReferenceProblem`)."""
        seen = {node.id}
        while (reference := node.text("$ref")) is not None:
            target = self.follow(node, reference)
            if target.id in seen:
                raise ReferenceProblem("SC011", f"the reference {reference!r} leads back to itself", node.location)
            seen.add(target.id)
            node = target
        return node

    def follow(self, node: Node, reference: str) -> Node:
        """The node that `reference`, standing at `node`, names."""
        parts = urlsplit(reference)
        if parts.scheme or parts.netloc:
            raise ReferenceProblem("SC012", f"the reference {reference!r} is a URL, and URLs are not read", node.location)
        file = self._open(node, parts.path) if parts.path else node.file
        fragment = unquote(parts.fragment)
        if fragment and not fragment.startswith("/"):
            pointer = self._anchors(file).get(fragment)
            if pointer is None:
                raise ReferenceProblem("SC010", f"no schema has the anchor {fragment!r}", node.location)
            fragment = pointer
        target = self.at(file, fragment)
        if target is None:
            near = self._nearest(file, fragment)
            raise ReferenceProblem("SC010", f"the reference {reference!r} leads nowhere{near}", node.location)
        # One place, one pointer: spellings such as `%7B` must not make a second identity.
        canonical = "".join(f"/{escape_pointer(token)}" for token in split_pointer(fragment))
        return replace(target, pointer=canonical)

    def _open(self, node: Node, path: str) -> str:
        base = (self.folder / node.file).parent if node.file != self.root_file else self.folder
        target = (base / unquote(path)).resolve()
        root = self.folder.resolve()
        if not target.is_relative_to(root) and not self.allow_outside:
            raise ReferenceProblem("SC012", f"the reference to {path!r} leaves the document's folder", node.location)
        if target == (root / Path(self.root_file).name).resolve():
            return self.root_file
        try:
            name = target.relative_to(root).as_posix()
        except ValueError:
            name = target.as_posix()
        if name not in self.files:
            if len(self.files) >= self.limits.files:
                raise ReferenceProblem("SC006", f"more than {self.limits.files} files", node.location)
            try:
                self.files[name] = _read(target, name, self.limits, self.sink)
            except FatalError as problem:
                found = problem.diagnostic
                raise ReferenceProblem("SC010", f"the file {path!r}: {found.message}", node.location) from None
        return name

    def _anchors(self, file: str) -> dict[str, str]:
        loaded = self.files[file]
        if loaded.anchors is None:
            loaded.anchors = {}
            stack: list[tuple[str, Any]] = [("", loaded.data)]
            while stack:
                pointer, value = stack.pop()
                if isinstance(value, dict):
                    for keyword in ("$anchor", "$dynamicAnchor"):
                        if isinstance(value.get(keyword), str):
                            loaded.anchors.setdefault(value[keyword], pointer)
                    stack.extend((f"{pointer}/{escape_pointer(key)}", item) for key, item in value.items())
                elif isinstance(value, list):
                    stack.extend((f"{pointer}/{index}", item) for index, item in enumerate(value))
        return loaded.anchors

    def _nearest(self, file: str, pointer: str) -> str:
        import difflib

        parent, _, last = pointer.rpartition("/")
        around = self.at(file, parent)
        close = difflib.get_close_matches(last, list(around.mapping), 1) if around else []
        return f"; did you mean {close[0]!r}?" if close else ""

    def locate(self, location: Location) -> Location:
        """The same place with line and column."""
        loaded = self.files.get(location.file)
        if loaded is None or location.line is not None:
            return location
        if loaded.marks is None:
            loaded.marks = Marks(loaded.text)
        line, column = loaded.marks.find(location.pointer)
        return replace(location, line=line, column=column)


def _fatal(code: str, message: str, location: Location | None) -> FatalError:
    entry = CODES[code]
    return FatalError(Diagnostic(code, Severity(entry.severity), message, location, entry.hint))


def _read(path: Path, name: str, limits: Limits, sink: Sink) -> _File:
    place = Location(name)
    try:
        size = path.stat().st_size
        if size > limits.bytes:
            raise _fatal("SC006", f"{size:,} bytes are more than the limit of {limits.bytes:,}", place)
        raw = path.read_bytes()
    except OSError as problem:
        raise _fatal("SC001", problem.strerror or str(problem), place) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise _fatal("SC001", f"not UTF-8 at byte {problem.start}", Location(name, "", line)) from None
    data = _parse(text, name, sink)
    try:
        _measure(data, limits)
    except OverflowError as problem:
        raise _fatal("SC006", str(problem), place) from None
    return _File(text, data)


def _parse(text: str, name: str, sink: Sink) -> Any:
    if text.lstrip()[:1] in ("{", "["):
        duplicates: list[str] = []

        def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
            made = dict(members)
            if len(made) != len(members):
                seen: set[str] = set()
                duplicates.extend(key for key, _ in members if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            return made

        try:
            data = json.loads(text, object_pairs_hook=pairs)
        except RecursionError:
            raise _fatal("SC006", "nested too deeply", Location(name)) from None
        except ValueError as problem:
            # Flow-style YAML starts like JSON, so YAML has the last word; what JSON said is the better message.
            try:
                data, _ = parse_yaml(text)
            except (yaml.YAMLError, ValueError, RecursionError):
                line = getattr(problem, "lineno", None)
                raise _fatal("SC002", str(problem), Location(name, "", line)) from None
        else:
            for key in duplicates:
                line = _second_line(text, key)
                sink.report("SC007", f"the key {key!r} stands twice", Location(name, "", line))
        return data
    try:
        data, twice = parse_yaml(text)
    except RecursionError:
        raise _fatal("SC006", "nested too deeply", Location(name)) from None
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = Location(name, "", mark.line + 1 if mark else None, mark.column + 1 if mark else None)
        raise _fatal("SC002", problem.problem or "not YAML", place) from None
    except (yaml.YAMLError, ValueError) as problem:
        raise _fatal("SC002", str(problem).splitlines()[0], Location(name)) from None
    for key, line in twice:
        sink.report("SC007", f"the key {key!r} stands twice", Location(name, "", line))
    return data


def _second_line(text: str, key: str) -> int | None:
    found = [match.start() for match in re.finditer(re.escape(json.dumps(key)) + r"\s*:", text)]
    return text.count("\n", 0, found[1]) + 1 if len(found) > 1 else None


def _measure(data: Any, limits: Limits) -> None:
    """Count values as if aliases were copies, without copying. Raises OverflowError over a limit or on a circle."""
    sizes: dict[int, int] = {}
    open_now: set[int] = set()

    def size(value: Any, depth: int) -> int:
        if not isinstance(value, (dict, list)):
            return 1
        key = id(value)
        if key in sizes:
            return sizes[key]
        if key in open_now:
            raise OverflowError("an alias contains itself")
        if depth > limits.depth:
            raise OverflowError(f"nested deeper than {limits.depth} levels")
        open_now.add(key)
        total = 1
        for item in value.values() if isinstance(value, dict) else value:
            total += size(item, depth + 1)
            if total > limits.values:
                raise OverflowError(f"more than {limits.values:,} values after aliases are expanded")
        open_now.discard(key)
        sizes[key] = total
        return total

    size(data, 0)


def load(path: Path, sink: Sink, *, limits: Limits | None = None, allow_outside: bool = False) -> Document:
    """Read the root file of an OpenAPI document.

    Args:
        path: the file, as the user named it; messages show it so.
        sink: takes findings that don't stop the run.
        limits: what the document may cost.
        allow_outside: also follow references to files outside the document's folder.

    Raises:
        FatalError: SC001 to SC006; there is no document then.
    """
    limits = limits or Limits()
    name = path.as_posix()
    loaded = _read(path, name, limits, sink)
    data = loaded.data
    place = Location(name, "", 1)
    if not isinstance(data, dict):
        kind = "empty" if data is None else f"a {type(data).__name__}"
        raise _fatal("SC003", f"the root is {kind}, not a mapping", place)
    if "swagger" in data and "openapi" not in data:
        raise _fatal("SC004", f"this is a Swagger {data['swagger']} document", place)
    version = data.get("openapi")
    if version is None:
        raise _fatal("SC003", "the root has no member `openapi`", place)
    match = re.match(r"^(\d+)\.(\d+)(\.\d+.*)?$", str(version))
    if match is None or (int(match[1]), int(match[2])) not in {(3, 0), (3, 1), (3, 2)}:
        raise _fatal("SC005", f"`openapi: {version}` is not a version that speclient knows", Location(name, "/openapi"))
    return Document(
        root_file=name,
        folder=path.parent,
        version=(int(match[1]), int(match[2])),
        limits=limits,
        allow_outside=allow_outside,
        sink=sink,
        files={name: loaded},
    )
