"""Committed facts: the manifest `pages.yaml` and one file of facts per page, next to the specs.

    specs/pages.yaml           which pages there are: URL, spec, operations, date and hash of the saved page
    specs/facts/NAME.yaml      what the page NAME states

A facts file contains no text of the page besides the values of facts: lines are stored as hashes, so that a change of a
line is noticed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from speclient.diagnostics import CODES, Diagnostic, FatalError, Location, Severity, Sink, did_you_mean
from speclient.document.limits import Limits
from speclient.document.node import escape_pointer, split_pointer
from speclient.document.parse import read_file
from speclient.document.source_map import SourceMap
from speclient.pages.facts import KINDS, Fact, Kind, Subject
from speclient.pages.readers import Reading

MANIFEST: Final = "pages.yaml"
FACTS: Final = "facts"

_KINDS: Final = frozenset(KINDS)


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the manifest.

    Attributes:
        name: the key of the entry; saved copies and the facts file have this name.
        spec: the document that describes the page, relative to the manifest.
        operations: the operations of the document that the page describes, such as `GET /runs`.
        url: the address of the page.
        saved: the date at which the facts were read, `YYYY-MM-DD`.
        hash: SHA-256 of the text that the facts were read from, see `text_hash`.
        location: the entry in the manifest.
    """

    name: str
    spec: str
    operations: tuple[str, ...] = ()
    url: str | None = None
    saved: str | None = None
    hash: str | None = None
    location: Location = field(default_factory=lambda: Location(MANIFEST))


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact, the hash of its lines, and where it is stored."""

    fact: Fact
    hash: str
    location: Location


@dataclass(frozen=True, slots=True)
class Expectation:
    """A fact that a person read: the place in the document, and the value that is expected there.

    Attributes:
        pointer: JSON pointer into the document; references are followed.
        value: the value, or a mapping with one of `CONDITIONS`.
        location: where the expectation is written.
    """

    pointer: str
    value: Any
    location: Location


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The content of a facts file.

    Attributes:
        style: the style of the page.
        facts: what the reader read.
        residue: operation -> (line, hash) of the lines that gave no fact.
        labels: operation -> (line, hash) of the lines that belong to facts of other lines, such as headings of tables.
        names: subjects with a lost name, as text, and the name.
        expect: facts that a person read.
    """

    style: str
    facts: tuple[StoredFact, ...] = ()
    residue: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict[str, tuple[tuple[int, str], ...]])
    labels: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict[str, tuple[tuple[int, str], ...]])
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    expect: tuple[Expectation, ...] = ()


def line_hash(lines: Iterable[str]) -> str:
    """Eight letters that identify the text of some lines; spaces do not count.

    They are letters because YAML reads some hexadecimal digits as a number.
    """
    text = "".join("".join(line.split()) for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()[:8].translate(_LETTERS)


_LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")


def text_hash(lines: Iterable[str]) -> str:
    """SHA-256 of the text of a page; spaces and line breaks do not count."""
    text = "".join("".join(line.split()) for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def page_facts(reading: Reading, location: str = "") -> PageFacts:
    """What a facts file stores of a page."""
    facts = tuple(
        StoredFact(fact, line_hash(reading.lines[fact.line - 1 : max(fact.end, fact.line)]), Location(location))
        for fact in reading.facts.facts
    )
    stated = {line for fact in reading.facts.facts for line in range(fact.line, max(fact.end, fact.line) + 1)}
    residue: dict[str, list[tuple[int, str]]] = {}
    labels: dict[str, list[tuple[int, str]]] = {}
    for number, line in enumerate(reading.lines, 1):
        # A line with a fact can contain prose too.
        if number not in reading.facts.used or number not in stated:
            lines = labels if number in reading.facts.used else residue
            lines.setdefault(operation_at(reading, number), []).append((number, line_hash([line])))
    return PageFacts(reading.style, facts, _frozen(residue), _frozen(labels))


def _frozen(lines: Mapping[str, list[tuple[int, str]]]) -> dict[str, tuple[tuple[int, str], ...]]:
    return {operation: tuple(found) for operation, found in lines.items()}


def operation_at(reading: Reading, line: int) -> str:
    """The operation whose section contains a line; the shortest of nested sections; empty for none."""
    sections = [section for section in reading.facts.sections if section.first <= line <= section.last]
    return min(sections, key=lambda section: section.last - section.first).operation if sections else ""


# -- the manifest ---------------------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> tuple[Page, ...]:
    """The pages of a folder of specs; empty without a manifest.

    Raises:
        FatalError: SC702, the manifest is invalid.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return ()
    source = _Source.read(path)
    pages = source.data.get("pages")
    if not isinstance(pages, dict) or set(source.data) != {"pages"}:
        message = "the file must contain `pages`, a mapping from names to pages, and nothing else"
        raise invalid(message, source.locate(""))
    return tuple(_page(str(name), entry, source) for name, entry in pages.items())


def _page(name: str, entry: Any, source: _Source) -> Page:
    place = source.locate(f"/pages/{escape_pointer(name)}")
    if re.fullmatch(r"\w[\w.-]*", name) is None:
        raise invalid(f"{name!r} is not a valid name for a page; use letters, digits, `-`, `_` and `.`", place)
    if not isinstance(entry, dict):
        raise invalid(f"the page {name!r} must be a mapping", place)
    known = ("url", "spec", "operations", "saved", "hash")
    for key in entry:
        if key not in known:
            raise invalid(f"a page has no {key!r}{did_you_mean(str(key), known)}", place)
    operations = entry.get("operations", [])
    if not isinstance(operations, list) or not all(isinstance(key, str) for key in operations):
        raise invalid("`operations` must be a list such as [GET /runs]", place)
    texts = {key: str(entry[key]) for key in known if entry.get(key) is not None and key != "operations"}
    if "spec" not in texts:
        raise invalid(f"the page {name!r} needs `spec`, the file name of its document", place)
    return Page(name, texts["spec"], tuple(operations), texts.get("url"), texts.get("saved"), texts.get("hash"), place)


def page_name(text: str) -> str:
    """A valid name for a page from the name of its file: browsers save pages under their title."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.") or "page"


def manifest_text(pages: Iterable[Page]) -> str:
    """The text of a manifest."""
    lines = [
        "# The docs pages that the specs describe. `speclient pages` updates this file; see docs/guides/pages.md.",
        "pages:",
    ]
    for page in pages:
        lines.append(f"  {_flow(page.name)}:")
        if page.url:
            lines.append(f"    url: {_flow(page.url)}")
        lines.append(f"    spec: {_flow(page.spec)}")
        if page.operations:
            lines.append("    operations:")
            lines += [f"      - {_flow(key)}" for key in page.operations]
        if page.saved:
            lines.append(f"    saved: {_flow(page.saved)}")
        if page.hash:
            lines.append(f"    hash: {_flow(page.hash)}")
    return "\n".join(lines) + "\n"


# -- facts files ----------------------------------------------------------------------------------------------------


def facts_path(folder: Path, name: str) -> Path:
    """The facts file of a page."""
    return folder / FACTS / f"{name}.yaml"


def read_facts(path: Path) -> PageFacts:
    """Read a facts file.

    Raises:
        FatalError: SC702, it is missing or invalid.
    """
    if not path.is_file():
        raise invalid("the facts file does not exist", Location(path.as_posix()))
    source = _Source.read(path)
    data = source.data
    known = ("style", "names", "expect", "facts", "residue", "labels")
    for key in data:
        if key not in known:
            raise invalid(f"a facts file has no {key!r}{did_you_mean(str(key), known)}", source.locate(""))
    facts = [
        _fact(str(operation), entry, source.locate(f"/facts/{escape_pointer(str(operation))}/{index}"))
        for operation, entries in _mapping(data, "facts", source).items()
        for index, entry in enumerate(sequence(entries))
    ]
    residue, labels = (
        {
            str(operation): tuple(_residue(str(text), source.locate(f"/{key}")))
            for operation, text in _mapping(data, key, source).items()
        }
        for key in ("residue", "labels")
    )
    names = {str(key): str(value) for key, value in _mapping(data, "names", source).items()}
    return PageFacts(str(data.get("style", "")), tuple(facts), residue, labels, names, tuple(_expectations(source)))


def facts_text(page: PageFacts, header: str = "") -> str:
    """The text of a facts file, without the hand-written part `expect`.

    Args:
        page: the content.
        header: comment lines and the hand-written part, which are copied unchanged.
    """
    lines = [header.rstrip("\n")] if header else []
    lines.append(f"style: {_flow(page.style)}")
    if page.names:
        lines.append("names:")
        lines += [f"  {_flow(key)}: {_flow(value)}" for key, value in page.names.items()]
    lines.append("facts:")
    groups: dict[str, list[StoredFact]] = {}
    for stored in page.facts:
        groups.setdefault(stored.fact.subject.operation, []).append(stored)
    for operation, group in groups.items():
        lines.append(f"  {_flow(operation)}:")
        lines += [f"  - {_entry(stored)}" for stored in group]
    if not groups:
        lines[-1] = "facts: {}"
    for key, groups_of_lines in (("residue", page.residue), ("labels", page.labels)):
        lines.append(f"{key}:" if groups_of_lines else f"{key}: {{}}")
        for operation, found in groups_of_lines.items():
            lines.append(f"  {_flow(operation)}: >-")
            words = [f"{number}:{digest}" for number, digest in found]
            lines += [f"    {' '.join(words[start : start + 8])}" for start in range(0, len(words), 8)]
    return "\n".join(lines) + "\n"


def hand_written(text: str) -> str:
    """The part of a facts file that a person writes: leading comments, and `expect` with its comments."""
    kept: list[str] = []
    keep = True
    for line in text.splitlines():
        if line[:1] not in ("", " ", "#", "-"):
            keep = line.startswith("expect:")
        if keep:
            kept.append(line)
    return "\n".join(kept).strip("\n") + "\n" if any(line.strip() for line in kept) else ""


def _entry(stored: StoredFact) -> str:
    fact = stored.fact
    entry: dict[str, Any] = {}
    if fact.subject.part:
        entry["part"] = fact.subject.part
    if fact.subject.field:
        entry["at"] = "".join(f"/{escape_pointer(token)}" for token in fact.subject.field)
    entry[fact.kind] = fact.value
    entry["line"] = fact.line if fact.end <= fact.line else f"{fact.line}-{fact.end}"
    entry["hash"] = stored.hash
    return _flow(entry)


_PLAIN = re.compile(r"[A-Za-z/$_][\w/.+$-]*( [\w/.+$-]+)*", re.ASCII)
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def _flow(value: Any) -> str:
    """JSON data as YAML in one line: JSON, with plain text where every version of YAML reads it as text."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_flow(str(key))}: {_flow(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case str() if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def _fact(operation: str, value: Any, place: Location) -> StoredFact:
    entry: dict[str, Any] = dict(value) if isinstance(value, dict) else {}
    part, pointer, line, digest = (entry.pop(key, "") for key in ("part", "at", "line", "hash"))
    first, _, last = str(line).partition("-")
    if len(entry) != 1 or not set(entry) <= _KINDS or not first.isdigit() or not (last or "0").isdigit():
        unknown = next((str(key) for key in entry if key not in _KINDS), None)
        why = f"{unknown!r} is not a kind of fact{did_you_mean(unknown, KINDS)}" if unknown else "it must have one kind"
        raise invalid(f"a fact cannot be read: {why}", place)
    kind, stated = next(iter(entry.items()))
    subject = Subject(operation, str(part), split_pointer(str(pointer)))
    return StoredFact(Fact(subject, cast("Kind", kind), stated, int(first), int(last or first)), str(digest), place)


def _residue(text: str, location: Location) -> Iterator[tuple[int, str]]:
    for word in text.split():
        number, _, digest = word.partition(":")
        if not number.isdigit() or not digest:
            raise invalid(f"residue must be pairs of line and hash, not {word[:40]!r}", location)
        yield int(number), digest


def _expectations(source: _Source) -> Iterator[Expectation]:
    for index, group in enumerate(sequence(source.data.get("expect", []))):
        at = f"/expect/{index}"
        entry = group if isinstance(group, dict) else {}
        start, facts = entry.get("at"), entry.get("facts")
        if start is None or not isinstance(facts, dict):
            raise invalid("an entry of `expect` needs `at` and `facts`", source.locate(at))
        for prefix in start if isinstance(start, list) else [start]:
            for rest, value in facts.items():
                yield Expectation(f"{prefix}{rest}", value, source.locate(f"{at}/facts/{escape_pointer(str(rest))}"))


def _mapping(data: Mapping[str, Any], key: str, source: _Source) -> Mapping[Any, Any]:
    value = data.get(key) or {}
    if not isinstance(value, dict):
        raise invalid(f"`{key}` must be a mapping", source.locate(f"/{key}"))
    return value


@dataclass
class _Source:
    """A YAML file with a mapping, and the lines of its values."""

    name: str
    text: str
    data: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> _Source:
        loaded = read_file(path, path.as_posix(), Limits(), Sink())
        if not isinstance(loaded.data, dict):
            raise invalid("the file must contain a mapping", Location(path.as_posix()))
        return cls(path.as_posix(), loaded.text, loaded.data)

    @cached_property
    def _map(self) -> SourceMap:
        return SourceMap(self.text)

    def locate(self, pointer: str) -> Location:
        """The location of a value, with its line."""
        return Location(self.name, pointer, *self._map.find(pointer))


def invalid(message: str, location: Location) -> FatalError:
    """The error for an invalid manifest or facts file."""
    return FatalError(Diagnostic("SC702", Severity.ERROR, message, location, CODES["SC702"].hint))


def with_names(page: PageFacts) -> PageFacts:
    """The facts, with the names that a person filled in for those that the page lost."""
    facts = tuple(
        replace(stored, fact=replace(stored.fact, subject=named(stored.fact.subject, page.names)))
        for stored in page.facts
    )
    return replace(page, facts=facts)


def named(subject: Subject, names: Mapping[str, str]) -> Subject:
    """A subject with its lost names filled in, where they are known."""
    if not subject.is_lost or not names:
        return subject
    base = Subject(subject.operation, subject.part)
    words = subject.part.split(" ")
    if str(base) in names:
        words[-1] = names[str(base)]
    field: tuple[str, ...] = ()
    for token in subject.field:
        whole = str(Subject(subject.operation, subject.part, (*field, token)))
        field = (*field, names.get(whole, token))
    return Subject(subject.operation, " ".join(words), field)


def sequence(value: Any) -> Sequence[Any]:
    """A JSON array as a sequence; anything else as an empty one."""
    return value if isinstance(value, list) else ()
