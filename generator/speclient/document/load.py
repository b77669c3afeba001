"""A document and its files: references are resolved, and lines located, when they are needed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from speclient.diagnostics import Diagnostic, FatalError, Location, Sink, did_you_mean
from speclient.document.dynamic import bind_dynamic_references
from speclient.document.identifiers import Identifiers, read_identifiers
from speclient.document.limits import Limits, is_component, measure
from speclient.document.node import Node, escape_pointer, split_pointer
from speclient.document.parse import LoadedFile, fatal, fetch_file, read_file
from speclient.document.problems import ReferenceProblem
from speclient.document.source_map import SourceMap
from speclient.document.standard import standardize
from speclient.document.yaml12 import TooLarge


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
    _identifiers: dict[str, Identifiers] = field(default_factory=dict[str, Identifiers])
    """File -> its schemas with an `$id`."""
    _standardized: bool = False

    @property
    def root(self) -> Node:
        """The root of the root file, with references resolved where OpenAPI does not allow them."""
        if not self._standardized:
            self._standardized = True
            standardize(self)
            self._forget()
            bind_dynamic_references(self)
            self._forget()
            if self.inlined:
                self._measure_again()
        return self.raw_root

    @property
    def raw_root(self) -> Node:
        """The root of the root file as written."""
        return Node(self, self.root_file, "", self.files[self.root_file].data)

    def _forget(self) -> None:
        """Forget what was resolved, after a change of the data."""
        self._resolved.clear()
        self._failed.clear()
        self._identifiers.clear()

    def _measure_again(self) -> None:
        """Apply the limits to the targets that replace references."""
        for name, loaded in self.files.items():
            try:
                measure(loaded.data, self.limits)
            except TooLarge as problem:
                raise fatal("SC006", f"after resolving references: {problem}", Location(name)) from None

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
        self._forget()
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
                raise fatal("SC006", message, trail[0].location, "refer to the last object of the chain directly")
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
        if (identified := self.identified(node, reference)) is not None:
            return identified
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

    def identified(self, node: Node, reference: str) -> Node | None:
        """The node that `reference` refers to by an `$id`, or within the schema with an `$id` that contains it.

        Authors write references relative to the file there too; these are resolved as if there were no `$id`.
        """
        if self.version < (3, 1):
            return None
        own = self._identifiers_of(node.file)
        owner = own.owner(node.pointer, node.value)
        url, fragment = urldefrag(urljoin(own.bases[owner], reference))
        if reference.startswith("#"):
            if not owner:
                return None
            file, pointer = node.file, owner
        else:
            for file in self.files:
                pointer = self._identifiers_of(file).resources.get(url, "")
                if pointer:
                    break
            else:
                return None
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            anchored = self._identifiers_of(file).anchors.get((pointer, fragment))
            return self.at(file, anchored) if anchored is not None else None
        return self.at(file, pointer + fragment)

    def _identifiers_of(self, file: str) -> Identifiers:
        if file not in self._identifiers:
            is_url = file.startswith(("http://", "https://"))
            name = Path(file).name if file == self.root_file else file
            data = self.files[file].data
            has_any = "$id" in self.files[file].text
            uri = file if is_url else f"file:///{quote(name)}"
            self._identifiers[file] = read_identifiers(data, uri) if has_any else Identifiers(bases={"": uri})
        return self._identifiers[file]

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


_SUGGESTIONS = 100
"""The number of unresolved references of one document for which a similar name is searched."""


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
        raise fatal("SC003", f"the root is {kind}, not a mapping", place)
    if "swagger" in data and "openapi" not in data:
        line, column = SourceMap(loaded.text).find("/swagger")
        found = Location(name, "/swagger", line, column)
        raise fatal("SC004", f"this is a Swagger {data['swagger']} document", found)
    version = data.get("openapi")
    if version is None:
        near = did_you_mean("openapi", data)
        raise fatal("SC003", f"the root has no property `openapi`{near}", place)
    match = re.match(r"^(\d+)\.(\d+)(\.\d+.*)?$", str(version))
    if match is None or (int(match[1]), int(match[2])) not in {(3, 0), (3, 1), (3, 2)}:
        line, column = SourceMap(loaded.text).find("/openapi")
        found = Location(name, "/openapi", line, column)
        raise fatal("SC005", f"`openapi: {version}` is not a version that speclient supports", found)
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
