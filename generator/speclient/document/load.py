"""Load a document and its files; resolve references; locate lines. The only stage that reads input from disk."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import yaml
from yaml.reader import ReaderError

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink
from speclient.document.node import Node, escape_pointer, split_pointer
from speclient.document.problems import ReferenceProblem
from speclient.document.source_map import SourceMap
from speclient.document.standard import standardize
from speclient.document.yaml12 import MAX_DEPTH, MAX_VALUES, TooLarge, finite, parse_yaml
from speclient.files import MAX_BYTES, FileTooLarge, read_regular


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one document."""

    bytes: int = MAX_BYTES
    """Of all files together."""
    values: int = MAX_VALUES
    """Of one file, each alias counted as one value."""
    growth: int = 250_000
    """Values that the aliases of a file, or the actions of an overlay, may add."""
    depth: int = MAX_DEPTH
    files: int = 1000
    references: int = 100
    """In one chain."""


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


@dataclass(slots=True, eq=False)
class Document:
    """The root file and every file that it refers to (read on first use)."""

    root_file: str
    folder: Path
    version: tuple[int, int]
    limits: Limits
    allow_outside: bool
    allow_urls: bool
    sink: Sink
    files: dict[str, LoadedFile] = field(default_factory=dict[str, LoadedFile])
    overlays: list[str] = field(default_factory=list[str])
    homes: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    """Identity of a value that occurs at several locations -> file and pointer of its canonical location."""
    component_names: dict[int, str] = field(default_factory=dict[int, str])
    """Identity of a component schema that is not located under `/components` itself -> its name."""
    broken: dict[int, ReferenceProblem] = field(default_factory=dict[int, ReferenceProblem])
    """Identity of an object that needs an unresolved reference where OpenAPI allows no reference -> the problem."""
    unresolved: list[Diagnostic] = field(default_factory=list[Diagnostic])
    """These problems in document order, for stages that read the whole document."""
    inlined: int = 0
    """The number of references that were resolved where OpenAPI does not allow a reference."""
    _resolved: dict[str, Node] = field(default_factory=dict[str, Node])
    """Id of a reference -> the end of its chain."""
    _failed: dict[tuple[str, str], Diagnostic] = field(default_factory=dict[tuple[str, str], Diagnostic])
    """(id of a reference, its text) -> the reason why it cannot be resolved."""
    _standardized: bool = False

    @property
    def root(self) -> Node:
        """The root of the root file, with references resolved where OpenAPI does not allow them."""
        if not self._standardized:
            self._standardized = True
            standardize(self)
            self._resolved.clear()
            self._failed.clear()
            if self.inlined:
                self._measure_again()
        return self.raw_root

    @property
    def raw_root(self) -> Node:
        """The root of the root file as written."""
        return Node(self, self.root_file, "", self.files[self.root_file].data)

    def _measure_again(self) -> None:
        """Apply the limits to the targets that replace references."""
        for name, loaded in self.files.items():
            try:
                measure(loaded.data, self.limits)
            except TooLarge as problem:
                raise _fatal("SC006", f"after resolving references: {problem}", Location(name)) from None

    def child(self, file: str, pointer: str, value: Any) -> Node:
        """The node of a value, at its canonical location if the value is shared.

        A component keeps its own location, because its name matters.
        """
        if self.homes and (home := self.homes.get(id(value))) is not None and not is_component(pointer):
            file, pointer = home
        return Node(self, file, pointer, value)

    def add_file(self, name: str, loaded: LoadedFile) -> None:
        """Add a loaded file."""
        self.files[name] = loaded
        for identity, pointer in loaded.shared.items():
            self.homes[identity] = (name, pointer)

    @property
    def text(self) -> str:
        """The text of the root file."""
        return self.files[self.root_file].text

    def texts(self) -> Iterable[tuple[str, str]]:
        """Name and text of every loaded file, the root file first."""
        return ((name, loaded.text) for name, loaded in self.files.items())

    def replace_root(self, data: dict[str, Any], overlay: str) -> None:
        """Replace the root file's data; `overlay` names the file that causes the change."""
        root = self.files[self.root_file]
        root.data, root.anchors, root.shared = data, None, {}
        self.overlays.append(overlay)
        self.homes.clear()
        self.component_names.clear()
        self.broken.clear()
        self.unresolved.clear()
        self._resolved.clear()
        self.inlined = 0
        self._standardized = False
        for name, loaded in self.files.items():
            self.add_file(name, loaded)

    def at(self, file: str, pointer: str) -> Node | None:
        """The value at a JSON pointer of a loaded file, or None."""
        node: Node | None = Node(self, file, "", self.files[file].data)
        for token in split_pointer(pointer):
            if node is None:
                return None
            if isinstance(node.value, list):
                # Not `isdigit`, which accepts digits that `int` rejects; nor numbers longer than any list index.
                index = int(token) if token.isascii() and token.isdecimal() and len(token) < 10 else -1
                if not 0 <= index < len(node.value):
                    return None
                node = self.child(node.file, f"{node.pointer}/{index}", node.value[index])
            else:
                node = node.get(token)
        return node

    def resolve(self, node: Node) -> Node:
        """Follow `$ref` until a value that is not a reference (SC010 to SC012 as `ReferenceProblem`).

        Raises:
            FatalError: SC006, the chain of references is longer than the limit.
        """
        trail = [node]
        seen = {node.id}
        while (reference := node.text("$ref")) is not None:
            if (known := self._resolved.get(node.id)) is not None:
                node = known
                break
            target = self.follow(node, reference)
            if target.id in seen:
                raise ReferenceProblem("SC011", f"circular reference {reference!r}", node.location)
            if len(trail) > self.limits.references:
                message = f"a chain of more than {self.limits.references} references"
                raise _fatal("SC006", message, trail[0].location, "refer to the last object of the chain directly")
            seen.add(target.id)
            trail.append(target)
            node = target
        for passed in trail[:-1]:
            self._resolved[passed.id] = node
        return node

    def follow(self, node: Node, reference: str) -> Node:
        """The node that `reference`, located at `node`, refers to."""
        key = (node.id, reference)
        if (known := self._failed.get(key)) is not None:
            raise ReferenceProblem(known.code, known.message, known.location or node.location)
        try:
            return self._follow(node, reference)
        except ReferenceProblem as problem:
            self._failed[key] = problem.diagnostic
            raise

    def _follow(self, node: Node, reference: str) -> Node:
        try:
            parts = urlsplit(reference)
        except ValueError as problem:
            raise ReferenceProblem(
                "SC010", f"{reference!r} is not a valid reference: {problem}", node.location
            ) from None
        remote = node.file.startswith(("http://", "https://"))
        if parts.scheme or parts.netloc or (remote and parts.path):
            file = self._fetch(node, urljoin(node.file if remote else "", reference))
        else:
            file = self._open(node, parts.path) if parts.path else node.file
        fragment = unquote(parts.fragment)
        if fragment and not fragment.startswith("/"):
            pointer = self._anchors(file).get(fragment)
            if pointer is None:
                raise ReferenceProblem("SC010", f"no schema has the anchor {fragment!r}", node.location)
            fragment = pointer
        target = self.at(file, fragment)
        if target is None:
            near = did_you_mean(*self._nearest(file, fragment)) if len(self._failed) < _SUGGESTIONS else ""
            raise ReferenceProblem("SC010", f"unresolved reference {reference!r}{near}", node.location)
        return target

    def _fetch(self, node: Node, reference: str) -> str:
        """The name of a file that a URL refers to: the URL without its fragment."""
        url = urldefrag(reference).url
        if not self.allow_urls or not url.startswith(("http://", "https://")):
            raise ReferenceProblem(
                "SC012", f"the reference {reference!r} is a URL, and URLs are not loaded", node.location
            )
        if url not in self.files:
            if len(self.files) >= self.limits.files:
                raise ReferenceProblem("SC006", f"more than {self.limits.files} files", node.location)
            try:
                self.add_file(url, fetch_file(url, self._remaining(), self.sink))
            except FatalError as problem:
                raise ReferenceProblem("SC010", f"{url}: {problem.diagnostic.message}", node.location) from None
        return url

    def _open(self, node: Node, path: str) -> str:
        base = (self.folder / node.file).parent if node.file != self.root_file else self.folder
        if "\0" in unquote(path):
            raise ReferenceProblem("SC010", f"{path!r} is not a valid file path", node.location)
        try:
            target = (base / unquote(path)).resolve()
        except (OSError, RuntimeError):  # Python up to 3.12 raises RuntimeError on a loop of symbolic links.
            raise ReferenceProblem("SC010", f"the file {path!r}: a loop of symbolic links", node.location) from None
        root = self.folder.resolve()
        if not target.is_relative_to(root) and not self.allow_outside:
            raise ReferenceProblem(
                "SC012", f"the reference to {path!r} is outside the document's folder", node.location
            )
        if target == (root / Path(self.root_file).name).resolve():
            return self.root_file
        name = Path(os.path.relpath(target, root)).as_posix()
        if name not in self.files:
            if len(self.files) >= self.limits.files:
                raise ReferenceProblem("SC006", f"more than {self.limits.files} files", node.location)
            try:
                self.add_file(name, read_file(target, name, self._remaining(), self.sink))
            except FatalError as problem:
                found = problem.diagnostic
                line = found.location.line if found.location is not None else None
                where = f", line {line}" if line else ""
                raise ReferenceProblem("SC010", f"the file {path!r}{where}: {found.message}", node.location) from None
        return name

    def _remaining(self) -> Limits:
        """The limits for one more file."""
        return replace(self.limits, bytes=self.limits.bytes - sum(loaded.size for loaded in self.files.values()))

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

    def _nearest(self, file: str, pointer: str) -> tuple[str, Iterable[str]]:
        """The first token of an unresolved pointer, and the value that should contain it."""
        around = Node(self, file, "", self.files[file].data)
        for token in split_pointer(pointer):
            inner = self.at(file, f"{around.pointer}/{escape_pointer(token)}")
            if inner is None:
                return token, around.mapping
            around = inner
        return "", ()

    def locate(self, location: Location) -> Location:
        """The same location with line and column."""
        loaded = self.files.get(location.file)
        if loaded is None or location.line is not None:
            return location
        if loaded.marks is None:
            loaded.marks = SourceMap(loaded.text)
        line, column = loaded.marks.find(location.pointer)
        return replace(location, line=line, column=column)


def _fatal(code: str, message: str, location: Location | None, hint: str | None = None) -> FatalError:
    entry = CODES[code]
    return FatalError(Diagnostic(code, Severity(entry.severity), message, location, hint or entry.hint))


def read_file(path: Path, name: str, limits: Limits, sink: Sink) -> LoadedFile:
    """Read and parse one file; raises SC001, SC002 and SC006 as `FatalError`."""
    place = Location(name)
    try:
        raw = read_regular(path, limits.bytes)
    except FileTooLarge as problem:
        raise _fatal("SC006", problem.strerror or str(problem), place) from None
    except FileNotFoundError:
        with contextlib.suppress(OSError):
            near = did_you_mean(path.name, [entry.name for entry in path.parent.iterdir() if entry.is_file()])
            raise _fatal("SC001", f"no such file{near}", place) from None
        raise _fatal("SC001", "no such file or folder", place) from None
    except OSError as problem:
        hint = "specify a document in this folder" if os.path.isdir(path) else None
        raise _fatal("SC001", problem.strerror or str(problem), place, hint) from None
    return _loaded(raw, name, limits, sink)


def fetch_file(url: str, limits: Limits, sink: Sink) -> LoadedFile:
    """Download and parse one file; raises SC001, SC002 and SC006 as `FatalError`. Redirects are not followed."""
    import httpx2

    place = Location(url)
    raw = bytearray()
    try:
        with httpx2.stream("GET", url, timeout=_FETCH_SECONDS, follow_redirects=False) as response:
            if response.status_code != 200:
                raise _fatal("SC001", f"the server returned {response.status_code}", place)
            for chunk in response.iter_bytes():
                raw += chunk
                if len(raw) > limits.bytes:
                    raise _fatal("SC006", f"more than the limit of {limits.bytes:,} bytes", place)
    except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
        raise _fatal("SC001", f"no response ({type(problem).__name__})", place) from None
    return _loaded(bytes(raw), url, limits, sink)


_FETCH_SECONDS = 20.0


def _loaded(raw: bytes, name: str, limits: Limits, sink: Sink) -> LoadedFile:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw[: problem.start].count(b"\n") + 1
        raise _fatal(
            "SC001", f"not UTF-8 at byte {problem.start}", Location(name, "", line), "save the file as UTF-8"
        ) from None
    try:
        data = _parse(text, name, limits, sink)
        shared = measure(data, limits)
    except TooLarge as problem:
        found = (problem.line, problem.column) if problem.line else SourceMap(text).find(problem.pointer)
        raise _fatal("SC006", str(problem), Location(name, problem.pointer, *found)) from None
    return LoadedFile(text, data, len(raw), _homes(data, shared) if shared else {})


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
            raise _fatal("SC006", "nested too deeply", Location(name)) from None
        except ValueError as problem:
            # Flow-style YAML looks like JSON, so YAML is tried too; the message of the JSON parser is the better one.
            try:
                data, _ = parse_yaml(text, max_depth=limits.depth, max_values=limits.values)
            except (yaml.YAMLError, ValueError):
                place = Location(name, "", getattr(problem, "lineno", None), getattr(problem, "colno", None))
                raise _fatal("SC002", f"not valid JSON: {getattr(problem, 'msg', problem)}", place) from None
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
        raise _fatal("SC002", _yaml_message(problem), place, hint) from None
    except ReaderError as problem:
        line = text.count("\n", 0, text.find(chr(problem.character))) + 1
        message = f"the character #x{problem.character:04x} is not allowed"
        raise _fatal("SC002", message, Location(name, "", line)) from None
    except (yaml.YAMLError, ValueError) as problem:
        raise _fatal("SC002", str(problem).splitlines()[0], Location(name)) from None
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


_COMPARED = 300
_SUGGESTIONS = 100
"""The number of unresolved references of one document for which a similar name is searched."""


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """The end of a message: the known name that is most similar, if there is one."""
    names = list(known)
    if len(names) > _COMPARED:  # Comparing is slow: only names with similar length and the same start.
        start = wanted[:1].lower()
        names = [name for name in names if abs(len(name) - len(wanted)) <= 2 and name[:1].lower() == start]
    close = difflib.get_close_matches(wanted, names[:_COMPARED], 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def measure(data: Any, limits: Limits) -> set[int]:
    """Count values as if aliases were copies, without copying; returns the identities of values that are shared.

    Raises:
        TooLarge: over a limit, or a value contains itself.
    """
    sizes: dict[int, int] = {}
    shared: set[int] = set()
    open_now: set[int] = set()
    trail: list[str] = []
    count = 0

    def size(value: Any) -> int:
        nonlocal count
        count += 1
        if not isinstance(value, (dict, list)):
            return 1
        key = id(value)
        if key in sizes:
            if value:
                shared.add(key)
            return sizes[key]
        if key in open_now:
            raise TooLarge("an alias contains itself", trail)
        if len(trail) > limits.depth:
            raise TooLarge(f"nested deeper than {limits.depth} levels", trail[:4])
        open_now.add(key)
        total = 1
        for name, item in value.items() if isinstance(value, dict) else enumerate(value):
            trail.append(str(name))
            total += size(item)
            if total - count > limits.growth:
                raise TooLarge(f"aliases add more than {limits.growth:,} values", trail)
            if count > limits.values:
                raise TooLarge(f"more than {limits.values:,} values", trail)
            trail.pop()
        open_now.discard(key)
        sizes[key] = total
        return total

    size(data)
    return shared


def _homes(data: Any, shared: set[int]) -> dict[int, str]:
    """One pointer for each shared value: that of a component, else the first."""
    homes: dict[int, str] = {}
    seen: set[int] = set()
    stack: list[tuple[str, Any]] = [("", data)]
    while stack:
        pointer, value = stack.pop()
        if not isinstance(value, (dict, list)):
            continue
        if id(value) in shared and (id(value) not in homes or is_component(pointer) > is_component(homes[id(value)])):
            homes[id(value)] = pointer
        if id(value) not in seen:
            seen.add(id(value))
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            stack.extend(reversed([(f"{pointer}/{escape_pointer(str(key))}", item) for key, item in inner]))
    return homes


def is_component(pointer: str) -> bool:
    """Whether a pointer is that of a reusable component: `/components/SECTION/NAME`."""
    return pointer.startswith("/components/") and pointer.count("/") == 3


def load(
    path: Path, sink: Sink, *, limits: Limits | None = None, allow_outside: bool = False, allow_urls: bool = False
) -> Document:
    """Read the root file of an OpenAPI document.

    Args:
        path: the file as the user wrote it; messages show this form.
        sink: receives the diagnostics that do not stop the run.
        limits: the limits for the document.
        allow_outside: also follow references to files outside the document's folder.
        allow_urls: also follow references to http and https URLs.

    Raises:
        FatalError: SC001 to SC006; the document cannot be read.
    """
    limits = limits or Limits()
    name = path.as_posix()
    loaded = read_file(path, name, limits, sink)
    data = loaded.data
    place = Location(name, "", 1)
    if not isinstance(data, dict):
        kind = "empty" if data is None else "a list" if isinstance(data, list) else "text"
        raise _fatal("SC003", f"the root is {kind}, not a mapping", place)
    if "swagger" in data and "openapi" not in data:
        line, column = SourceMap(loaded.text).find("/swagger")
        found = Location(name, "/swagger", line, column)
        raise _fatal("SC004", f"this is a Swagger {data['swagger']} document", found)
    version = data.get("openapi")
    if version is None:
        near = did_you_mean("openapi", data)
        raise _fatal("SC003", f"the root has no property `openapi`{near}", place)
    match = re.match(r"^(\d+)\.(\d+)(\.\d+.*)?$", str(version))
    if match is None or (int(match[1]), int(match[2])) not in {(3, 0), (3, 1), (3, 2)}:
        line, column = SourceMap(loaded.text).find("/openapi")
        found = Location(name, "/openapi", line, column)
        raise _fatal("SC005", f"`openapi: {version}` is not a version that speclient supports", found)
    document = Document(
        root_file=name,
        folder=path.parent,
        version=(int(match[1]), int(match[2])),
        limits=limits,
        allow_outside=allow_outside,
        allow_urls=allow_urls,
        sink=sink,
    )
    document.add_file(name, loaded)
    return document
