"""Measure how much of what documentation tools write our readers read, and how much of what they read is right.

usage: python -m tests.pages.rates FOLDER [--tool NAME] [--show KIND]

FOLDER has a folder per tool with the pages that the tool wrote, `DOCUMENT.html` or `DOCUMENT-PAGE.html`, and the
documents they were made from, `DOCUMENT.json`. A page that describes one operation has a line `PAGE<tab>METHOD PATH` in
`operations.tsv`.

The truth is `speclient.pages.statements` of the document, restricted to what the tool shows: `shown.py` has each
restriction with its reason. Recall is the share of the truth that was read. Precision is the
share of what was read that the document states.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from speclient.diagnostics import Sink
from speclient.document import load
from speclient.pages.facts import ITEM, KINDS, VALUE, Fact, Kind, Subject, canonical, operation_key
from speclient.pages.readers import READERS
from speclient.pages.statements import Statement, statements
from speclient.pages.text import load_page

from .shown import EXISTENCE, TOOLS, Shown, Tool, expanded, place_of, shown_document

Key = tuple[Subject, Kind, str]


def stated(document: dict[str, Any]) -> list[Statement]:
    """The statements of a document."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "document.json")
        file.write_text(json.dumps(document), encoding="utf-8")
        found = list(statements(load(file, Sink())))
    return [replace(each, fact=_as_page(each.fact)) for each in found if each.fact.subject.operation]


def _as_page(fact: Fact) -> Fact:
    """The fact with the name of the operation as pages give it: without a slash at the end."""
    operation = operation_key(*fact.subject.operation.split(" ", 1))
    value = operation if fact.kind == "operation" else fact.value
    return Fact(Subject(operation, fact.subject.part, fact.subject.field), fact.kind, value)


def _shown(value: Any) -> str:
    """A value as most tools write it: without quotes, so that `1` and `"1"` look the same, and with single spaces."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with suppress(ValueError):
            value = json.loads(value)
    return " ".join((value if isinstance(value, str) else canonical(value)).split())


def key(fact: Fact) -> Key:
    """What two equal facts have in common; the order of enum values does not count."""
    value = fact.value
    if fact.kind in ("minimum", "maximum", "exclusive-minimum", "exclusive-maximum") and isinstance(value, float):
        value = int(value) if value.is_integer() else value
    if fact.kind in ("example", "default", "const"):
        value = _shown(value)
    elif fact.kind == "enum" and isinstance(value, list):
        value = [_shown(each) for each in value]
    if fact.kind == "server":
        # `//host/path` is completed with the scheme of the page.
        value = re.sub(r"^https?:", "", str(value)).rstrip("/")
    return fact.subject, fact.kind, canonical(value)


@dataclass
class Count:
    """Facts of one kind.

    Attributes:
        truth: those that a tool shows.
        recalled: those of them that were read.
        read: those that were read.
        right: those of them that the document states.
    """

    truth: int = 0
    recalled: int = 0
    read: int = 0
    right: int = 0

    def add(self, other: Count) -> None:
        self.truth += other.truth
        self.recalled += other.recalled
        self.read += other.read
        self.right += other.right


def _mapping(statement: Statement) -> dict[str, Any]:
    value = statement.owner.value
    return value if isinstance(value, dict) else {}


def truth_of(document: dict[str, Any], tool: Tool) -> dict[str, set[Key]]:
    """What the tool shows, by operation."""
    found = _merged(stated(shown_document(document, tool)))
    hidden = tool.hides_properties(found, str(document.get("openapi")))
    shown: dict[str, set[Key]] = {}
    stating: dict[Subject, set[str]] = {}
    declared = {
        each.fact.subject: each.node.value
        for each in found
        if each.fact.kind == "field" and isinstance(each.node.value, dict)
    }
    facts: dict[Subject, dict[Kind, Any]] = {}
    in_variants = _in_variants(found)
    for each in found:
        stating.setdefault(_described(each.fact), set()).add(each.owner.pointer)
        facts.setdefault(each.fact.subject, {})[each.fact.kind] = each.fact.value
    for each in found:
        fact = each.fact
        subject = fact.subject
        above = {Subject(subject.operation, subject.part, subject.field[:n]) for n in range(len(subject.field) + 1)}
        if fact.kind not in tool.kinds or above & hidden:
            continue
        if fact.kind == "required" and (
            each.variant or (subject.field and not fact.value and VALUE in subject.field[-1:])
        ):
            continue  # Required in one variant is not required in all: readers leave it out.
        named = re.fullmatch(r"/components/schemas/[^/]+", each.owner.pointer) is not None
        circular = any(each.owner.pointer in stating.get(other, ()) for other in above - {subject})
        array = (
            facts.get(Subject(subject.operation, subject.part, subject.field[:-1]), {})
            if subject.field[-1:] == (ITEM,)
            else {}
        )
        if not tool.hides(
            Shown(
                fact,
                _mapping(each),
                place_of(subject),
                each.variant,
                circular,
                named,
                str(document.get("openapi")),
                declared.get(subject, {}),
                array,
                len(subject.field)
                + sum(outer in in_variants for outer in (*subject.outer(), subject))
                + (each.variant and fact.kind not in EXISTENCE),
            )
        ):
            shown.setdefault(subject.operation, set()).add(key(fact))
    return shown


def _merged(found: list[Statement]) -> list[Statement]:
    """The statements without examples and defaults that a later part of an `allOf` replaces."""
    last = {each.fact.key: each.owner.pointer for each in found if not each.variant}
    return [
        each
        for each in found
        if each.fact.kind not in ("default", "example")
        or each.variant
        or not each.fact.subject.field
        or last[each.fact.key] == each.owner.pointer
    ]


def _in_variants(found: list[Statement]) -> set[Subject]:
    """The properties, elements and values that only variants of an object or array declare."""
    declared: dict[Subject, bool] = {}
    for each in found:
        fact = each.fact
        below: tuple[str, ...] = (
            {"array": (ITEM,), "object": (VALUE,)}.get(fact.value, ())
            if fact.kind == "type" and isinstance(fact.value, str)
            else ()
        )
        if below or (fact.kind == "field" and fact.subject.field):
            subject = fact.subject.at(*below)
            declared[subject] = declared.get(subject, True) and each.variant
    return {subject for subject, is_variant in declared.items() if is_variant}


def _described(fact: Fact) -> Subject:
    """What the schema that states a fact describes: for the existence of a property, the object with the property."""
    subject = fact.subject
    if fact.kind in EXISTENCE and subject.field:
        return Subject(subject.operation, subject.part, subject.field[:-1])
    return subject


_MARK = "x-recognised-by-this-format"


@dataclass
class Right:
    """What a document states.

    Attributes:
        stated: all statements.
        implied: the types of schemas that declare none: those with properties, with elements, with enum values.
        circular: subjects whose schema describes something above them already; tools may draw it again.
        servers: the URLs of the servers with the defaults of their variables.
        discriminators: the name of each discriminator and its values in order.
    """

    stated: set[Key]
    implied: dict[Subject, set[str]]
    circular: dict[Subject, Subject]
    servers: set[str]
    discriminators: set[tuple[str, ...]]

    def has(self, fact: Fact, depth: int = 0) -> bool:
        """Whether the document states a fact of a page."""
        subject = fact.subject
        if key(fact) in self.stated or (fact.kind == "type" and fact.value in self.implied.get(subject, ())):
            return True
        if fact.kind == "enum" and len(fact.value) == 1 and self.has(Fact(subject, "const", fact.value[0]), depth):
            return True
        if fact.kind == "enum" and (*subject.field[-1:], *sorted(map(str, fact.value))) in self.discriminators:
            return True
        if fact.kind == "server":
            if str(fact.value).rstrip("/") in self.servers:
                return True
            known = [other for other in self.stated if other[0] == subject and other[1] == "server"]
            # Without a server, the API is at the address of the page.
            return not known or any(_ends_with(fact, other) for other in known)
        if fact.kind in ("minimum", "maximum"):
            exclusive: Kind = "exclusive-minimum" if fact.kind == "minimum" else "exclusive-maximum"
            if key(Fact(subject, exclusive, fact.value)) in self.stated:
                return True
        for length in range(len(subject.field), 0, -1):
            above = self.circular.get(Subject(subject.operation, subject.part, subject.field[:length]))
            if above is not None and depth < 30:
                same = above.at(*subject.field[length:])
                if self.has(Fact(same, fact.kind, fact.value), depth + 1):
                    return True
        return False

    def is_generated(self, fact: Fact) -> bool:
        """Whether a fact is an example that the tool made up, as it does for media types without an example."""
        return fact.kind == "example" and not any(
            subject == fact.subject and kind == "example" for subject, kind, _ in self.stated
        )


def right_of(document: dict[str, Any]) -> Right:
    """All that a document states."""
    marked = copy.deepcopy(document)
    for schema in (marked.get("components") or {}).get("schemas", {}).values():
        if isinstance(schema, dict) and "type" not in schema:
            # Without a keyword, a schema would not be recognised where it describes something again.
            schema.setdefault("format", _MARK)
    found = stated(marked)
    facts = [each.fact for each in found if each.fact.value != _MARK]
    typed = {fact.subject for fact in facts if fact.kind == "type"}
    implied: dict[Subject, set[str]] = {}
    for fact in facts:
        for depth in range(len(fact.subject.field)):
            above = Subject(fact.subject.operation, fact.subject.part, fact.subject.field[:depth])
            implied.setdefault(above, set()).add("array" if fact.subject.field[depth] == ITEM else "object")
        if fact.kind in ("enum", "const"):
            values = fact.value if fact.kind == "enum" else [fact.value]
            implied.setdefault(fact.subject, set()).update(_type_name(value) for value in values)
    owners: dict[Subject, set[str]] = {}
    for each in found:
        owners.setdefault(_described(each.fact), set()).add(each.owner.pointer)
    circular: dict[Subject, Subject] = {}
    for subject, pointers in owners.items():
        for depth in range(len(subject.field) - 1, -1, -1):
            above = Subject(subject.operation, subject.part, subject.field[:depth])
            if any(pointer.startswith("/components/") for pointer in pointers & owners.get(above, set())):
                circular[subject] = above
                break
    undeclared = {subject: types for subject, types in implied.items() if subject not in typed}
    servers = {expanded(server).rstrip("/") for server in document.get("servers") or ()}
    discriminators = set(_discriminators(document))
    return Right({key(fact) for fact in facts}, undeclared, circular, servers, discriminators)


def _discriminators(value: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        discriminator = value.get("discriminator")
        if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
            yield (str(discriminator.get("propertyName")), *sorted(discriminator["mapping"]))
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _discriminators(child)


def _type_name(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _ends_with(fact: Fact, other: Key) -> bool:
    """Whether the URL of a server is a relative one of the document, completed with the address of the page."""
    subject, kind, value = other
    relative = json.loads(value) if subject == fact.subject and kind == "server" else "//"
    return not relative.startswith("//") and str(fact.value).endswith(relative)


def operations_of(folder: Path) -> dict[str, str]:
    """The operation of each page, if each page has one."""
    file = folder / "operations.tsv"
    rows = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    pairs = (row.split("\t") for row in rows if "\t" in row)
    return {page: operation_key(*operation.split(" ", 1)) for page, operation in pairs if operation}


def _facts(file: Path) -> list[Fact]:
    """The facts of a page; none if no reader recognises it."""
    page = load_page(file)
    reading = next((reading for reader in READERS if (reading := reader(page)) is not None), None)
    return reading.facts.facts if reading is not None else []


def _mark(tool: Tool, operation: str) -> str:
    """The markup that shows that an operation is in a page."""
    return tool.operation_mark.format(path=escape(operation.partition(" ")[2])) if tool.operation_mark else ""


def measure(folder: Path, tool: Tool, show: str, counts: dict[str, Count]) -> int:
    """Count the facts of all pages of a tool; returns the number of pages."""
    documents = sorted((file.stem for file in folder.glob("*.json")), key=len, reverse=True)
    operations = operations_of(folder)
    cache: dict[str, Any] = {}
    pages = 0
    for file in sorted([*folder.glob("*.html"), *folder.glob("*.md"), *folder.glob("*.mdx")]):
        name = next((each for each in documents if file.stem == each or file.name.startswith(f"{each}-")), None)
        if name is None:
            continue
        if name not in cache:
            document = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            cache = {name: (truth_of(document, tool), right_of(document))}
        shown, right = cache[name]
        page_operation = operations.get(file.name.partition(".")[0])
        if page_operation is None:
            html = file.read_text(encoding="utf-8")
            marks = {operation: _mark(tool, operation) for operation in shown}
            keys = [keys for operation, keys in shown.items() if marks[operation] in html]
        else:
            if page_operation not in shown:
                continue  # A webhook.
            keys = [shown[page_operation]]
        truth = set().union(*keys)
        facts = _facts(file)
        read = {key(fact) for fact in facts}
        pages += 1
        for each in truth:
            counts.setdefault(each[1], Count()).add(Count(truth=1, recalled=each in read))
            if show in (each[1], "all", "missed") and each not in read:
                print("missed", file.name, *each)
        for fact in facts:
            good = right.has(fact) or (tool.generates_examples and right.is_generated(fact))
            counts.setdefault(fact.kind, Count()).add(Count(read=1, right=good))
            if show in (fact.kind, "all", "wrong") and not good:
                print("wrong", file.name, fact.line, *key(fact))
    return pages


def share(part: int, whole: int) -> str:
    """A share in per cent."""
    return f"{100 * part / whole:.1f}" if whole else "-"


def table(folder: Path, names: list[str], show: str) -> Iterator[str]:
    """The rates as a Markdown table."""
    yield "| Tool | Kind | Shown | Read | Recall % | Precision % |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for name in names:
        counts: dict[str, Count] = {}
        pages = measure(folder / name, TOOLS[name], show, counts)
        total = Count()
        for kind in KINDS:
            if kind in counts:
                count = counts[kind]
                total.add(count)
                recall, precision = share(count.recalled, count.truth), share(count.right, count.read)
                yield f"| {name} | {kind} | {count.truth} | {count.read} | {recall} | {precision} |"
        recall, precision = share(total.recalled, total.truth), share(total.right, total.read)
        sums = f"{total.truth} | {total.read} | **{recall}** | **{precision}**"
        yield f"| **{name}** ({pages} pages) | **all** | {sums} |"


def main() -> int:
    """Print the rates."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tool", action="append", choices=sorted(TOOLS))
    parser.add_argument("--show", default="", help="list what was missed or is wrong: a kind, missed, wrong or all")
    options = parser.parse_args()
    names = options.tool or [name for name in TOOLS if (options.folder / name).is_dir()]
    for line in table(options.folder, names, options.show):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
