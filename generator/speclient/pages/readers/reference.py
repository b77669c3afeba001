"""Reads an API reference from blocks: operations, then what headings, tables, lists and code below them state.

The styles that are headings and tables share this: Markdown references, Slate, and pages of an unknown style.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from speclient.pages.facts import ITEM, Facts, Subject, operation_key
from speclient.pages.readers.blocks import Block, Blocks, Row
from speclient.pages.readers.embedded import add_document, add_schema, is_schema, parse_document
from speclient.pages.readers.labels import CONTENT_TYPE, MEDIA_WORD, OBJECT, SCHEMAS, Place, label_of
from speclient.pages.readers.lines import beside_prose
from speclient.pages.readers.literals import TypeText, parse_json, parse_type, parse_value
from speclient.pages.readers.samples import (
    METHODS,
    Sample,
    add_authentication,
    add_server,
    path_pattern,
    read_sample,
    split_url,
)
from speclient.pages.readers.tables import (
    STATUS,
    Entry,
    add_entries,
    entries_of,
    location_of,
    read_description,
    read_flags,
    read_type,
    roles,
)

MAX_OPERATIONS: Final = 3000
MAX_EXPANDED: Final = 60_000
"""The most facts that come from named schemas in responses and bodies."""
MAX_ALIASES: Final = 20

_METHODS: Final = "|".join(METHODS)
_TARGET: Final = r"(?:https?://[^\s`]+|(?:\{\{?[\w.-]+\}?\}|<[\w.-]+>|\$[\w.{}]+)?/[^\s`]*)"
MENTION = re.compile(rf"(?P<method>{_METHODS})\s*[:|]?\s*`?(?P<target>{_TARGET})`?(?:\s+HTTP/\d(?:\.\d)?)?")
_EDGE: Final = r"[\s`*_:|()\[\]–—-]*"


@dataclass
class Found:
    """An operation on the page."""

    key: str
    index: int
    start: int
    end: int = 0
    level: int = 0
    url: str = ""
    sample: Sample = field(default_factory=Sample)
    deprecated: int = 0
    secured: bool = False
    query: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other operations that the page describes in the same place, each on a line of its own."""

    @property
    def method(self) -> str:
        return self.key.partition(" ")[0]


@dataclass
class _Pending:
    """A value whose schema the page describes under its name; `entered` are the names of schemas around it."""

    subject: Subject
    name: str
    line: int
    entered: frozenset[str] = frozenset()


class Reference:
    """Reads the blocks of a page.

    Args:
        page: the blocks and lines.
        facts: where the facts go.
        curl: whether an operation may come from sample code alone.
        prose: whether descriptions state constraints in fixed words; a tool that shows constraints apart does not.
    """

    def __init__(self, page: Blocks, facts: Facts, *, curl: bool = False, prose: bool = True) -> None:
        self.page = page
        self.blocks = page.blocks
        self.facts = facts
        self.curl = curl
        self.prose = prose
        self.schemas: dict[str, list[Entry]] = {}
        self.schema_lines: dict[str, int] = {}
        self.pending: list[_Pending] = []
        self.servers: list[tuple[str, int]] = []
        self.schemes: dict[str, tuple[str, int]] = {}
        self.placed: list[tuple[Subject, Entry]] = []
        self.arrays: set[Subject] = set()
        self.statuses: dict[str, list[str]] = {}
        """The statuses of each operation, from the first pass."""
        self.unread: list[int] = []
        """The lines of tables that were not understood."""
        self.last: tuple[Subject, list[Entry]] | None = None
        self.continues = False
        self.unlabelled = False
        """Whether a heading within the operation does not say what follows."""
        self.operation: Found | None = None
        self.place = Place()
        self.schema_level = 0

    def read(self) -> list[Found]:
        """Read the page; return its operations.

        The first pass tells which statuses each operation has, wherever the page names them.
        """
        first = Reference(self.page, Facts(), curl=self.curl, prose=self.prose)
        first._read()
        for fact in first.facts.facts:
            if fact.kind == "status":
                self.statuses.setdefault(fact.subject.operation, []).append(str(fact.value))
        return self._read()

    def _read(self) -> list[Found]:
        found = self.operations()
        starts = {operation.start: operation for operation in found}
        ends = {operation.end for operation in found}
        for operation in found:
            self._open(operation)
        for index, block in enumerate(self.blocks):
            if index in ends:
                self.operation = None
                self.place = Place()
            if index in starts:
                self.operation = starts[index]
                self.place = Place()
                self.unlabelled = False
                self.schema_level = 0
            self._block(index, block)
        self._expand()
        if self.unread:
            shown = ", ".join(str(line) for line in self.unread[:10])
            more = " and more" if len(self.unread) > 10 else ""
            lines = "line" if len(self.unread) == 1 else "lines"
            self.facts.note(f"Tables and lists that were not understood: {lines} {shown}{more}.")
        headers = {fact.subject for fact in self.facts.facts if fact.kind == "parameter"}
        for operation in found:
            self._copy(operation)
            if not operation.secured:
                # A header in the list of parameters is not authentication.
                operation.sample.authentication = [
                    (value, line)
                    for value, line in operation.sample.authentication
                    if Subject(operation.key, value.removeprefix("apiKey in ")) not in headers
                ]
                add_authentication(self.facts, operation.key, operation.sample)
            for url, line in self.servers:
                self.facts.add(Subject(operation.key), "server", url, line)
        return found

    # Operations.

    def operations(self) -> list[Found]:
        """The operations of the page, each with its range of blocks."""
        found: list[Found] = []
        heading = -1
        taken = True
        for index, block in enumerate(self.blocks):
            if block.kind == "heading" and label_of(block.text) is None:
                if not MENTION.search(block.text):
                    heading, taken = index, False
                else:
                    heading, taken = -1, True
            mention = self._mention(block)
            if mention is None:
                continue
            key, origin, path, query = _key_of(*mention)
            current = found[-1] if found else None
            if current is not None and taken and self._same(current, key, block):
                continue
            start = heading if not taken and heading >= 0 else index
            if current is not None and start <= current.index:
                start = index
            level = self.blocks[start].level if self.blocks[start].kind == "heading" else 0
            url = f"{origin}{path}" if origin else ""
            aliases = tuple(each for each in _listed(block) if each != key)
            found.append(Found(key, index, start, level=level, url=url, query=query, aliases=aliases))
            taken = True
        if not found and self.curl:
            found = self._from_samples()
        if len(found) > MAX_OPERATIONS:
            self.facts.note(f"The page has more than {MAX_OPERATIONS} operations; the rest was not read.")
            del found[MAX_OPERATIONS:]
        for position, operation in enumerate(found):
            last = found[position + 1].start if position + 1 < len(found) else len(self.blocks)
            operation.end = self._end(operation, last)
        return found

    def _same(self, current: Found, key: str, block: Block) -> bool:
        """Whether a mention within the section of an operation is that operation, or an example of it."""
        if block.kind == "code":
            return True
        if key == current.key:
            return True
        method, _, path = key.partition(" ")
        return (
            method == current.method
            and path_pattern(current.key.partition(" ")[2]).fullmatch(f"https://x{path}") is not None
        )

    def _mention(self, block: Block) -> tuple[str, str] | None:
        if block.kind == "code":
            first = block.code[0][0].strip() if block.code else ""
            if block.language in ("json", "javascript", "js", "python", "ruby", "shell", "bash", "curl", "sh"):
                return None
            match = MENTION.fullmatch(first) if len(first) < 2000 else None
        elif block.kind == "heading":
            match = MENTION.search(block.text) if len(block.text) < 2000 else None
        elif block.kind in ("paragraph", "quote", "item") and len(block.text) < 500:
            match = re.fullmatch(
                rf"(?:(?:http )?(?:request|endpoint|url|uri|path|route|method)\b)?{_EDGE}{MENTION.pattern}{_EDGE}",
                block.text,
                re.IGNORECASE,
            )
            if match is not None and match["method"] != match["method"].upper():
                match = None
        else:
            return None
        return (match["method"], match["target"].rstrip("`*).,;")) if match is not None else None

    def _from_samples(self) -> list[Found]:
        """Operations from sample code alone: a method and a URL."""
        found: list[Found] = []
        heading = -1
        for index, block in enumerate(self.blocks):
            if block.kind == "heading" and label_of(block.text) is None:
                heading = index
            if block.kind != "code":
                continue
            sample = read_sample(block.code)
            if not sample.method or not sample.urls:
                continue
            _, path = split_url(sample.urls[0][0])
            key = operation_key(sample.method, template_path(path) or "/")
            if any(operation.key == key for operation in found):
                continue
            start = heading if heading >= 0 and not (found and heading <= found[-1].index) else index
            level = self.blocks[start].level if self.blocks[start].kind == "heading" else 0
            found.append(Found(key, index, start, level=level, url=sample.urls[0][0]))
        return found

    def _end(self, operation: Found, last: int) -> int:
        """The index after the blocks of an operation: a heading of its level or above that is not a label ends it."""
        for index in range(operation.index + 1, last):
            block = self.blocks[index]
            if block.kind != "heading" or not operation.level or block.level > operation.level:
                continue
            if label_of(block.text) is None or (
                block.level < operation.level and block.text.lower().strip() in SCHEMAS
            ):
                return index
        return last

    def _open(self, operation: Found) -> None:
        """The facts of an operation's name, path and sample code."""
        block = self.blocks[operation.index]
        subject = Subject(operation.key)
        line = block.line
        if block.kind == "code" and block.code:
            line = block.code[0][1]
        self.facts.add(subject, "operation", operation.key, line)
        code: list[tuple[str, int]] = []
        for index in range(operation.start, operation.end):
            other = self.blocks[index]
            if other.kind == "code" and other.language not in ("json", "yaml", "xml") and len(code) < 5000:
                code.extend(other.code)
            if (
                re.search(r"\bdeprecated\b", other.text, re.IGNORECASE)
                and len(other.text) < 80
                and other.kind != "code"
            ):
                operation.deprecated = operation.deprecated or other.line
        operation.sample = read_sample(code)
        if operation.deprecated:
            with beside_prose(self.facts, operation.deprecated):
                self.facts.add(subject, "deprecated", True, operation.deprecated)
        if operation.url:
            if not add_server(self.facts, operation.key, [(operation.url, line)]):
                self.facts.add(subject, "server", split_url(operation.url)[0], line)
        elif not self.has_servers:
            add_server(self.facts, operation.key, operation.sample.urls)
        for name in operation.query:
            self.facts.add(Subject(operation.key, f"query {name}"), "parameter", name, line)
        self._path_parameters(operation.key, line)

    def _path_parameters(self, key: str, line: int) -> None:
        for name in re.findall(r"\{([^{}/]+)\}", key):
            own = Subject(key, f"path {name}")
            self.facts.add(own, "parameter", name, line)
            self.facts.add(own, "required", True, line)

    def _copy(self, operation: Found) -> None:
        """Add the facts of an operation to the others that the page describes with it."""
        own = (
            [fact for fact in self.facts.facts if fact.subject.operation == operation.key] if operation.aliases else []
        )
        for alias in operation.aliases:
            if len(self.facts.facts) + len(own) > MAX_EXPANDED:
                return
            line = self.blocks[operation.index].line
            self.facts.add(Subject(alias), "operation", alias, line)
            self._path_parameters(alias, line)
            for fact in own:
                if fact.kind != "operation" and not fact.subject.part.startswith("path "):
                    subject = replace(fact.subject, operation=alias)
                    self.facts.add(subject, fact.kind, fact.value, fact.line, fact.end)
            for subject, number in [each for each in self.facts.lost if each[0].operation == operation.key]:
                self.facts.lost.append((replace(subject, operation=alias), number))

    @cached_property
    def has_servers(self) -> bool:
        """Whether the page has a list of servers."""
        pattern = re.compile(r"(?:base|server) urls?:?", re.IGNORECASE)
        return any(pattern.fullmatch(block.text.strip()) for block in self.blocks[:400] if len(block.text) < 40)

    # Blocks.

    def _block(self, index: int, block: Block) -> None:
        if block.kind == "heading":
            self._heading(block)
        elif block.kind in ("paragraph", "quote", "item") and block.kind != "item":
            self._paragraph(index, block)
        elif block.kind == "item":
            self._item(index, block)
        elif block.kind == "table":
            self._table(block)
        elif block.kind == "code":
            self._code(block)
        elif block.kind == "definition":
            self._definitions(block)

    def _heading(self, block: Block) -> None:
        self.continues = False
        text = block.text.strip()
        if self.schema_level and block.level <= self.schema_level:
            self.schema_level = 0
            self.place = Place()
        place = label_of(text)
        if self.schema_level and block.level == self.schema_level + 1 and text.lower().rstrip(":") != "properties":
            place = None
        if place is not None:
            self.unlabelled = False
            if place.kind == "properties":
                place = self.place if self.place.kind in ("schema", "response", "body") else place
            if (
                place.kind == "response"
                and not place.name
                and self.place.kind == "response"
                and self.place.level < block.level
            ):
                place.name = self.place.name
            self.place = replace(place, level=block.level)
            self.facts.use([block.line] if place.kind else [])
            if place.kind == "response" and place.name and self.operation is not None:
                self._status(place.name, block.line, prose=False)
            if place.media:
                self._media_type(place.media, block.line)
            return
        if self.operation is None and text.lower().rstrip(":") in SCHEMAS:
            self.schema_level = block.level
            self.place = Place("schemas", level=block.level)
            self.facts.use([block.line])
            return
        if self.schema_level and block.level > self.schema_level and place is None:
            self.place = Place("schema", text.strip("`"), block.level)
            self.schema_lines.setdefault(text.strip("`"), block.line)
            return
        named = OBJECT.fullmatch(text)
        if named is not None and label_of(text) is None:
            self.place = Place("schema", named["name"], block.level)
            self.schema_lines.setdefault(named["name"], block.line)
            return
        if place is None and self.place.level and block.level <= self.place.level:
            self.place = Place(level=block.level)
        self.unlabelled = self.operation is not None and block is not self.blocks[self.operation.start]

    def _paragraph(self, index: int, block: Block) -> None:
        text = block.text.strip()
        if len(text) > 200:
            return
        following = self.blocks[index + 1].kind if index + 1 < len(self.blocks) else ""
        low = text.lower().rstrip(": ")
        if low in ("base url", "base urls", "server", "servers"):
            self.place = Place("servers", level=7)
            self.facts.use([block.line])
            return
        if (
            match := re.fullmatch(r"(?:base|server|api) ?urls?\s*:?\s*`?(https?://\S+?)`?/?", text, re.IGNORECASE)
        ) is not None:
            self.servers.append((match[1].rstrip("/"), block.line))
            return
        if (match := re.fullmatch(r"Status Code\s*:?\s*(\d\d\d|default|[1-5]XX)", text, re.IGNORECASE)) is not None:
            self.place = Place("response", match[1], max(self.place.level, 1))
            self.facts.use([block.line])
            return
        if (match := CONTENT_TYPE.fullmatch(text)) is not None and self.place.kind in ("response", "body"):
            self._media_type(match[1], block.line)
            return
        if low in ("anyof", "oneof", "allof", "or", "xor", "and", "continued") and following == "table":
            self.facts.use([block.line])
            self.continues = True
            return
        if low.startswith("to perform this operation, you must be authenticated"):
            self._security(text.partition(":")[2] or text.partition("methods")[2], block.line)
            return
        if low.startswith("this operation does not require authentication") and self.operation is not None:
            self.operation.secured = True
            self.facts.use([block.line])
            return
        place = label_of(text)
        if place is None or not place.kind:
            return
        if text.endswith(":") or following in ("table", "code", "definition", "item") or block.kind == "quote":
            if place.kind == "properties":
                return
            self.place = replace(place, level=7)
            self.facts.use([block.line])

    def _security(self, text: str, line: int) -> None:
        """The schemes of an operation, by the names that the list of schemes has, or by words for their kinds."""
        if self.operation is None:
            return
        self.operation.secured = True
        unnamed = {value for name, (value, _) in self.schemes.items() if name.startswith("#")}
        for name in re.split(r",(?![^(]*\))", text):
            bare = re.sub(r"\(.*?\)", "", name).strip().lower()
            if not bare:
                continue
            values = [self.schemes[bare][0]] if bare in self.schemes else sorted(unnamed)
            if len(values) > 1:
                values = [value for value in values if value.rstrip("2") in bare]
            if len(values) == 1:
                self.facts.add(Subject(self.operation.key), "authentication", values[0], line)
            else:
                self.facts.note(f"The page does not say what kind of authentication `{bare}` is.")

    def _item(self, index: int, block: Block) -> None:
        text = block.text.strip()
        url = re.fullmatch(r"`?((?:https?:)?//\S+?)`?", text)
        if self.place.kind == "servers" and url is not None:
            self.servers.append((url[1].rstrip("/"), block.line))
            self.facts.use([block.line])
            return
        if self.place.kind == "authentication" or (self.operation is None and not self.schema_level):
            self._scheme(index, text, block.line)
        if self.operation is None and self.place.kind not in ("schema",):
            return
        status = STATUS.match(text)
        if self.place.kind in ("responses", "response") and status is not None and self.operation is not None:
            self._status(status[1], block.line, prose=len(text) > len(status[0]) + 2)
            return
        entry = list_entry(text, block)
        if entry is not None and self.place.kind in (
            "parameters",
            "body",
            "response",
            "schema",
            "headers",
            "properties",
        ):
            self._add([entry], enumerated=False)

    def _scheme(self, index: int, text: str, line: int) -> None:
        """A security scheme in the list of them."""
        if (match := re.match(r"API Key \(([^)]*)\)", text, re.IGNORECASE)) is not None:
            for other in self.blocks[index : index + 3]:
                found = re.search(r"Parameter Name:\s*\**([\w.\-]+)\**,?\s*in:?\s*(\w+)", other.text, re.IGNORECASE)
                if found is not None:
                    self.schemes[match[1].lower()] = (f"apiKey in {found[2].lower()} {found[1]}", line)
                    self.facts.use([line])
                    return
        elif (match := re.match(r"HTTP Authentication,\s*scheme:\s*(\w+)", text, re.IGNORECASE)) is not None:
            self.schemes[f"#{match[1].lower()}"] = (match[1].lower(), line)
            self.facts.use([line])
        elif re.match(r"oAuth2 authentication", text, re.IGNORECASE):
            self.schemes["#oauth2"] = ("oauth2", line)
            self.facts.use([line])

    def _definitions(self, block: Block) -> None:
        entries: list[Entry] = []
        for row in block.rows:
            term = row[0]
            name = term.text.strip("`:")
            entry = list_entry(name, replace(block, line=term.line, end=term.end))
            if entry is None:
                if not re.fullmatch(r"[A-Za-z_$][\w.\-$\[\]]*", name):
                    continue
                entry = Entry(name, term.line)
            if len(row) > 1:
                self._definition(entry, row[1].text, row[1].line)
            entries.append(entry)
        if not entries or (self.operation is None and self.place.kind != "schema"):
            return
        stated = any(entry.type is not None or entry.required is not None for entry in entries)
        if stated or self.place.kind in ("parameters", "headers"):
            self._add(entries, enumerated=False)
        else:
            # Terms without a type can be anything: codes of errors, words of the trade.
            self.unread.append(block.line)

    def _definition(self, entry: Entry, text: str, line: int) -> None:
        """A definition that may begin with a type: `required String. The id.`"""
        entry.description = text[:400]
        first = re.split(r"[.;,:]\s", text + " ", maxsplit=1)[0].strip(" .")
        if len(first) < 80:
            shown = Entry("", line)
            rest = read_flags(shown, first, line)
            if rest and parse_type(rest) is not None:
                read_type(shown, rest, line)
                entry.type, entry.type_line = entry.type or shown.type, line
                entry.facts.extend(shown.facts)
            if shown.required is not None and first.lower().startswith(("required", "optional", "mandatory")):
                entry.required, entry.required_line = shown.required, line
        words = text.split()
        if entry.type is None and len(words) > 1 and _after_type(words[0], words[1]):
            read_type(entry, words[0].strip(",.;:"), line)
            read_flags(entry, words[1], line)
        if self.prose:
            read_description(entry, text, line)

    # Tables.

    def _table(self, block: Block) -> None:
        if len(block.rows) < 1:
            return
        header = block.rows[0]
        columns = roles(header)
        self.facts.use(cell.line for cell in header if columns)
        names = [cell.text.lower() for cell in header]
        if names[:2] == ["status", "header"] and self.operation is not None:
            self._header_table(block.rows, names)
            return
        if len(header) == 2 and columns.keys() == {"name", "value"}:
            self._enumerated(block.rows)
            return
        is_status = "status" in columns and all(
            STATUS.match(row[columns["status"]].text) for row in block.rows[1:4] if len(row) > columns["status"]
        )
        if is_status and len(block.rows) > 1 and self.operation is not None:
            self._response_table(block.rows, columns)
            return
        if "name" in columns and ({"type", "required", "in", "description", "default", "optional"} & columns.keys()):
            if self.place.kind == "responses" and self.operation is not None and "type" not in columns:
                return
            self._add(entries_of(block.rows, prose=self.prose))
        elif "type" in columns and columns["type"] != 0 and self.place.kind:
            self._add(entries_of(block.rows, {**columns, "name": 0}, prose=self.prose)[1:])
        elif len(block.rows) > 1:
            self.unread.append(block.line)

    def _header_table(self, rows: Sequence[Row], names: list[str]) -> None:
        assert self.operation is not None
        for row in rows[1:]:
            cells = dict(zip(names, row, strict=False))
            status, name = cells.get("status"), cells.get("header")
            if status is None or name is None or not STATUS.fullmatch(status.text):
                continue
            subject = Subject(self.operation.key, f"response {status.text} header {name.text}")
            self.facts.add(subject, "header", name.text, name.line)
            self.facts.use([status.line])
            if (kind := cells.get("type")) is not None and (shape := parse_type(kind.text)) is not None:
                shape.add_to(self.facts, subject, kind.line)
            if (form := cells.get("format")) is not None and re.fullmatch(r"[\w-]+", form.text):
                self.facts.add(subject, "format", form.text, form.line)

    def _enumerated(self, rows: Sequence[Row]) -> None:
        """Pairs of a name and a value. Properties of the same name are told apart only if each lists its own values."""
        groups: list[tuple[str, list[str], int, int]] = []
        for row in rows[1:]:
            if len(row) < 2:
                continue
            name = row[0].text.lstrip("» ").strip()
            last = groups[-1] if groups else None
            if last is None or last[0] != name or row[1].text in last[1]:
                groups.append((name, [row[1].text], row[0].line, row[1].end))
            else:
                groups[-1] = (name, [*last[1], row[1].text], last[2], row[1].end)
        for name in dict.fromkeys(group[0] for group in groups):
            own = [group for group in groups if group[0] == name]
            targets = [(subject, entry) for subject, entry in self.placed if entry.name == name and _can_list(entry)]
            if len(targets) != len(own):
                values = {tuple(group[1]) for group in own}
                if len(values) == 1 and len(targets) == 1:
                    own = own[:1]
                else:
                    if targets:
                        self.facts.note(
                            f"Several properties are called `{name}`; it is not clear which has the values listed."
                        )
                    continue
            for (subject, entry), (_, texts, first, last_line) in zip(targets, own, strict=True):
                texts = [text for text in texts if text != "null"]
                values_of = [parse_value(text, entry.scalar) for text in texts]
                if entry.scalar == "array":
                    subject = subject.at(ITEM)
                    kind = entry.type.items.scalar if entry.type is not None and entry.type.items is not None else ""
                    values_of = [parse_value(text, kind) for text in texts]
                self.facts.add(subject, "enum", values_of, first, last_line)

    def _response_table(self, rows: Sequence[Row], columns: dict[str, int]) -> None:
        assert self.operation is not None
        for row in rows[1:]:
            if len(row) <= columns["status"]:
                continue
            cell = row[columns["status"]]
            match = STATUS.match(cell.text)
            if match is None:
                continue
            described = any(
                len(other.text) > 3 and other.line == cell.line
                for index, other in enumerate(row)
                if index != columns["status"]
            )
            status = self._status(match[1], cell.line, prose=described)
            schema = row[columns["schema"]] if "schema" in columns and len(row) > columns["schema"] else None
            media = row[columns["media"]] if "media" in columns and len(row) > columns["media"] else None
            if media is not None and (word := MEDIA_WORD.search(media.text)) is not None:
                self.facts.add(
                    Subject(self.operation.key, f"response {status} {word[0]}"), "media-type", word[0], media.line
                )
            if schema is None or schema.text.lower() in ("none", "", "-", "n/a"):
                continue
            subject = self._content(status)
            if schema.text.lower() == "inline":
                continue
            shape = parse_type(schema.text, names=True)
            if shape is not None:
                shape.add_to(self.facts, subject, schema.line)
                self._refer(subject, shape, schema.line)

    def _status(self, status: str, line: int, *, prose: bool) -> str:
        assert self.operation is not None
        status = status.lower() if status.lower() == "default" else status.upper()
        used = line in self.facts.used
        self.facts.add(Subject(self.operation.key, f"response {status}"), "status", status, line)
        if prose and not used:
            self.facts.used.discard(line)
        return status

    def _media_type(self, name: str, line: int) -> None:
        """The media type of the response or body that the page describes here."""
        if self.operation is None or not (self.place.name or self.place.kind == "body"):
            return
        self.place.media = name
        part = f"response {self.place.name}" if self.place.kind == "response" else "body"
        self.facts.add(Subject(self.operation.key, f"{part} {name}"), "media-type", name, line)

    def _content(self, status: str) -> Subject:
        """The subject of a response's content. Samples show the media type of the success."""
        assert self.operation is not None
        key = self.operation.key
        if self.place.media and self.place.name == status:
            return Subject(key, f"response {status} {self.place.media}")
        accept = list(dict.fromkeys(name for name, _ in self.operation.sample.accept))
        if status.startswith("2") and len(accept) == 1:
            line = self.operation.sample.accept[0][1]
            subject = Subject(key, f"response {status} {accept[0]}")
            self.facts.add(subject, "media-type", accept[0], line)
            return subject
        return Subject(key, f"response {status}")

    def _body(self) -> Subject:
        assert self.operation is not None
        if self.place.kind == "body" and self.place.media:
            return Subject(self.operation.key, f"body {self.place.media}")
        types = list(dict.fromkeys(name for name, _ in self.operation.sample.content_type))
        if len(types) == 1:
            subject = Subject(self.operation.key, f"body {types[0]}")
            self.facts.add(subject, "media-type", types[0], self.operation.sample.content_type[0][1])
            return subject
        return Subject(self.operation.key, "body")

    def _add(self, entries: list[Entry], *, enumerated: bool = True) -> None:
        """Add parameters or properties at the current place."""
        if not entries:
            return
        if self.place.kind == "schema" and (self.operation is None or self.schema_level or self.place.name):
            self._schema_entries(entries)
            return
        if self.operation is None:
            return
        if enumerated and not self.continues:
            self.placed = []
        kind = self.place.kind
        if not kind and self.unlabelled and not any(entry.location for entry in entries):
            self.unread.append(entries[0].line)
            return
        if any(entry.location for entry in entries) or kind in ("parameters", "", "properties", "example"):
            self._parameters(entries)
        elif kind == "headers":
            self._headers(entries)
        elif kind == "body":
            subject = self._body()
            self.facts.add(Subject(self.operation.key, "body"), "body", True, entries[0].line)
            self._below(subject, entries)
        elif kind in ("response", "responses"):
            status = self.place.name or self._success()
            subject = self._content(status) if status else self._unknown_response(entries[0].line)
            self._below(subject, entries)
        elif kind == "authentication":
            self._parameters([entry for entry in entries if entry.location])

    def _unknown_response(self, line: int) -> Subject:
        """The response of success when the page names no status."""
        assert self.operation is not None
        return Subject(self.operation.key, f"response {unnamed_status(self.facts, self.operation.key, line)}")

    def _headers(self, entries: list[Entry]) -> None:
        assert self.operation is not None
        if not self.place.name:
            self._parameters([replace(entry, location="header") for entry in entries])
            return
        for entry in entries:
            subject = Subject(self.operation.key, f"response {self.place.name} header {entry.name}")
            self.facts.add(subject, "header", entry.name, entry.line)
            entry.required = None
            entry.add_to(self.facts, subject)

    def _below(self, root: Subject, entries: list[Entry], entered: frozenset[str] = frozenset()) -> None:
        top = root
        before = self._around(root, entries)
        shown = [*before, *entries]
        if shown and (shown[0].depth or shown[0].name) and root in self.arrays:
            # The table begins below the array.
            root = root.at(ITEM)
        placed = add_entries(self.facts, root, [*before, *entries])
        self.placed.extend(placed[len(before) :])
        self._structures(placed, entered)
        self.last = (top, shown)

    def _around(self, root: Subject, entries: Sequence[Entry]) -> list[Entry]:
        """The properties above a table that continues the one before it."""
        continues, self.continues = self.continues, False
        if not continues or self.last is None or self.last[0] != root or not entries:
            return []
        chain: list[Entry] = []
        depth = entries[0].depth
        for entry in reversed(self.last[1]):
            if entry.depth < depth:
                chain.append(entry)
                depth = entry.depth
        return chain[::-1]

    def _structures(self, placed: list[tuple[Subject, Entry]], entered: frozenset[str]) -> None:
        """Types of entries that only name a schema: an object if properties follow, otherwise that schema."""
        around: list[tuple[int, str]] = []
        for position, (subject, entry) in enumerate(placed):
            while around and around[-1][0] >= entry.depth:
                around.pop()
            if entry.type is None:
                continue
            following = placed[position + 1][1] if position + 1 < len(placed) else None
            inner, shape = _innermost(subject, entry.type)
            if not shape.name:
                continue
            if following is not None and following.depth > entry.depth:
                around.append((entry.depth, shape.name.lower()))
                if not following.free:
                    self.facts.add(inner, "type", "object", entry.type_line)
            else:
                names = entered.union(name for _, name in around)
                self.pending.append(_Pending(inner, shape.name, entry.type_line, names))

    def _refer(self, subject: Subject, shape: TypeText, line: int) -> None:
        inner, shape = _innermost(subject, shape)
        if shape.name:
            self.pending.append(_Pending(inner, shape.name, line))

    def _parameters(self, entries: list[Entry]) -> None:
        assert self.operation is not None
        in_path = re.findall(r"\{([^{}/]+)\}", self.operation.key)
        body: list[Entry] = []
        position = 0
        while position < len(entries):
            entry = entries[position]
            position += 1
            location = entry.location or self.place.name or self._location(entry, in_path)
            if location == "url":
                location = "path" if entry.name.lower() in {name.lower() for name in in_path} else "query"
            if location == "body":
                body.append(entry)
                continue
            if not entry.name or not location:
                continue
            if location == "header" and entry.name.lower() == "authorization":
                self._authorization(entry)
                continue
            name = next(
                (name for name in in_path if location == "path" and name.lower() == entry.name.lower()), entry.name
            )
            subject = Subject(self.operation.key, f"{location} {name}")
            with beside_prose(self.facts, entry.line):
                self.facts.add(subject, "parameter", name, entry.line)
            if not entry.has_prose:
                self.facts.use([entry.line])
            if location == "path":
                entry.required = True
                entry.required_line = entry.line
            entry.add_to(self.facts, subject)
            if entry.type is not None:
                self._refer(subject, entry.type, entry.type_line)
            self.placed.append((subject, entry))
            nested = position
            while nested < len(entries) and entries[nested].depth > entry.depth:
                nested += 1
            if nested > position:
                self._below(subject, entries[position:nested])
                position = nested
        if body:
            self._body_entries(body)

    def _authorization(self, entry: Entry) -> None:
        """The header `Authorization`, which is authentication, not a parameter."""
        assert self.operation is not None
        for scheme in ("bearer", "basic"):
            if re.search(rf"\b{scheme}\b", entry.description, re.IGNORECASE):
                with beside_prose(self.facts, entry.line):
                    self.facts.add(Subject(self.operation.key), "authentication", scheme, entry.line)

    def _location(self, entry: Entry, in_path: list[str]) -> str:
        """The location of a parameter that the page only calls a parameter."""
        assert self.operation is not None
        if entry.name.lower() in {name.lower() for name in in_path}:
            return "path"
        if self.operation.method in ("GET", "HEAD", "DELETE", "OPTIONS"):
            return "query"
        self.facts.note(
            f"{self.operation.key}: the page does not state where parameters are sent; they count as the body's."
        )
        return "body"

    def _body_entries(self, entries: list[Entry]) -> None:
        assert self.operation is not None
        own = Subject(self.operation.key, "body")
        self.facts.add(own, "body", True, entries[0].line)
        subject = self._body()
        entered = frozenset[str]()
        root = entries[0]
        if root.name.lower() == "body" and root.depth == 0 and root.location == "body":
            if root.required:
                self.facts.add(own, "required", True, root.required_line)
            if root.type is not None:
                root.type.add_to(self.facts, subject, root.type_line)
                subject, shape = _innermost(subject, root.type)
                if shape.name and len(entries) == 1:
                    self.pending.append(_Pending(subject, shape.name, root.type_line))
                elif shape.name:
                    self.facts.add(subject, "type", "object", root.type_line)
                    entered = frozenset({shape.name.lower()})
            entries = entries[1:]
        self._below(subject, entries, entered)

    # Schemas.

    def _schema_entries(self, entries: list[Entry]) -> None:
        name = self.place.name
        self.placed = [] if name not in self.schemas else self.placed
        known = self.schemas.setdefault(name, [])
        known.extend(entries)
        subject = Subject("", f"schema {name}")
        if any(entry.name and entry.depth == 0 for entry in entries):
            inner = subject.at(ITEM) if subject in self.arrays else subject
            self.facts.add(inner, "type", "object", entries[0].line)
        self._below(subject, entries)

    def _expand(self) -> None:
        """Add the properties of named schemas where responses and bodies refer to them."""
        count = len(self.facts.facts)
        by_name: dict[str, list[tuple[tuple[str, ...], Any, Any, int, int]]] = {}
        for fact in self.facts.facts:
            if not fact.subject.operation and fact.subject.part.startswith("schema "):
                rows = by_name.setdefault(fact.subject.part[7:].lower(), [])
                rows.append((fact.subject.field, fact.kind, fact.value, fact.line, fact.end))
        inner: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for pending in self.pending:
            if pending.subject.part.startswith("schema ") and not pending.subject.operation:
                inner.setdefault(pending.subject.part[7:].lower(), []).append(
                    (pending.subject.field, pending.name.lower())
                )
        work = [(pending.subject, pending.name.lower(), pending.entered) for pending in self.pending]
        while work:
            subject, name, entered = work.pop(0)
            if name in entered or name not in by_name or len(subject.field) > 30:
                continue
            if subject.part.startswith("schema ") and not subject.operation and subject.part[7:].lower() == name:
                continue
            if len(self.facts.facts) - count > MAX_EXPANDED:
                self.facts.note("The page has too many properties in named schemas; not all were read.")
                return
            entered = entered | {name}
            references = inner.get(name, ())
            recursive = [path for path, other in references if other in entered]
            for path, kind, value, line, end in by_name[name]:
                if kind in ("field", "required"):
                    is_inner = any(len(path) > len(other) and path[: len(other)] == other for other in recursive)
                else:
                    is_inner = any(path[: len(other)] == other for other in recursive)
                if not is_inner:
                    self.facts.add(subject.at(*path), kind, value, line, end)
            work.extend((subject.at(*path), other, entered) for path, other in references)

    # Code.

    def _code(self, block: Block) -> None:
        if re.search(r"\bopenapi[\"']?\s*:", block.text[:2000]) and self._document(block):
            return
        if block.language not in ("", "json", "jsonc", "json5", "javascript", "js", "http", "text") or not block.code:
            return
        rows = block.code
        text = block.text.strip()
        status = ""
        if (match := re.match(r"HTTP/\d(?:\.\d)?\s+(\d\d\d)\b", text)) is not None:
            status = match[1]
            head, _, text = text.partition("\n\n")
            del head
            if self.operation is not None:
                self._status(status, rows[0][1], prose=False)
            text = text.strip()
        if text[:1] not in ("{", "["):
            return
        value = parse_json(text)
        if value is None:
            return
        first, last = rows[0][1], rows[-1][1]
        place = self._place_of_code(block)
        if place is None:
            if self.operation is not None:
                self._unclear(first)
            return
        outer, self.place = self.place, place
        self._json(value, status, first, last)
        self.place = outer

    def _place_of_code(self, block: Block) -> Place | None:
        """What a code block belongs to, by its title or by what stands above it; None if the title names neither."""
        titled = label_of(block.title)
        if titled is not None and titled.kind:
            return titled
        if "response" in block.title.lower() or re.match(r"errors?\b", block.title, re.IGNORECASE):
            return None
        if "request" in block.title.lower():
            return Place("body")
        if (
            not self.place.kind
            and not self.unlabelled
            and self.operation is not None
            and self.operation.method in ("GET", "HEAD")
            and block.language in ("json", "jsonc", "json5")
        ):
            return Place("response")  # Such a request has no body.
        return self.place

    def _unclear(self, line: int) -> None:
        assert self.operation is not None
        self.facts.note(f"{self.operation.key}: it is not clear what the JSON of line {line} is an example of.")

    def _json(self, value: Any, status: str, first: int, last: int) -> None:
        """Add the example or the JSON Schema of a code block at the current place."""
        if self.place.kind == "schema" and self.place.name:
            subject = Subject("", f"schema {self.place.name}")
        elif self.operation is None:
            return
        elif status:
            subject = self._content(status)
        elif self.place.kind in ("body", "request"):
            subject = self._body()
            self.facts.add(Subject(self.operation.key, "body"), "body", True, first)
        elif self.place.kind in ("response", "responses"):
            subject = self._content(self.place.name) if self.place.name else self._example_response(first)
        else:
            self._unclear(first)
            return
        is_array = value.get("type") == "array" if is_schema(value) else isinstance(value, list)
        if is_array:
            self.arrays.add(subject)
        if is_schema(value):
            used = set(self.facts.used)
            add_schema(self.facts, subject, value, first, last)
            self.facts.used = used
        else:
            self.facts.add(subject, "example", value, first, last)

    def _document(self, block: Block) -> bool:
        """An OpenAPI document in a code block, as some tools append it to the Markdown of a page."""
        data = parse_document(block.text)
        if not isinstance(data, dict) or not isinstance(data.get("paths"), dict) or not block.code:
            return False
        used = set(self.facts.used)
        for key, first, last in add_document(self.facts, data, block.code[0][1], block.code[-1][1]):
            self.facts.section(key, first, last)
        # Facts do not contain descriptions: the lines stay residue.
        self.facts.used = used
        return True

    def _example_response(self, line: int) -> Subject:
        status = self._success()
        return self._content(status) if status else self._unknown_response(line)

    def _success(self) -> str:
        """The status of success, if the operation has exactly one; otherwise an empty string."""
        assert self.operation is not None
        good = [status for status in self.statuses.get(self.operation.key, []) if status.startswith("2")]
        return good[0] if len(good) == 1 else ""


def unnamed_status(facts: Facts, key: str, line: int) -> str:
    """Record that the page does not name the status of the response that it describes; return what stands for it."""
    subject = Subject(key, "response #1")
    if subject not in {lost for lost, _ in facts.lost}:
        facts.lost.append((subject, line))
        facts.note(f"{key}: the page does not name the status of the response that it describes.")
    return "#1"


def _innermost(subject: Subject, shape: TypeText) -> tuple[Subject, TypeText]:
    """The elements of an array, of arrays of arrays too; otherwise the value itself."""
    while shape.items is not None:
        subject = subject.at(ITEM)
        shape = shape.items
    return subject, shape


def _after_type(first: str, second: str) -> bool:
    """Whether a text begins with a type: `number (optional) How many`."""
    is_flag = second.lower().strip(",.;:()[]") in ("required", "optional", "deprecated", "nullable", "mandatory")
    return parse_type(first.strip(",.;:")) is not None and is_flag


def _can_list(entry: Entry) -> bool:
    return entry.scalar in ("string", "integer", "number", "", "array", "boolean")


def _key_of(method: str, target: str) -> tuple[str, str, str, tuple[str, ...]]:
    """The operation of a method and a path or URL, with the origin, the path and the names of a query template."""
    origin, path = split_url(target)
    if not origin:
        path = re.sub(r"^(?:\{\{?[\w.-]+\}?\}|<[\w.-]+>|\$[\w.{}]+)(?=/)", "", path)
    path, query = _without_query_template(path)
    return operation_key(method, template_path(path or "/")), origin, path, query


def _listed(block: Block) -> list[str]:
    """The operations of a code block that has one per line and nothing else."""
    rows = [text.strip() for text, _ in block.code[: MAX_ALIASES + 1]]
    matches = [MENTION.fullmatch(row) if len(row) < 2000 else None for row in rows]
    if len(block.code) > MAX_ALIASES + 1 or any(match is None for match in matches):
        return []
    return list(dict.fromkeys(_key_of(match["method"], match["target"])[0] for match in matches if match is not None))


def _without_query_template(path: str) -> tuple[str, tuple[str, ...]]:
    """A path without `{?limit,offset}` at its end, and the names in it (RFC 6570, section 3.2.8)."""
    names: list[str] = []
    for match in re.finditer(r"\{[?&]([^{}]*)\}", path):
        names.extend(name.strip(" *") for name in match[1].split(","))
    return re.sub(r"\{[?&][^{}]*\}", "", path), tuple(name for name in names if re.fullmatch(r"[\w.\-\[\]]+", name))


def template_path(path: str) -> str:
    """A path with parameters in braces: `<id>` and `:id` and `[id]` are written in other ways."""
    path = re.sub(
        r"<([\w.\- ]+)>|\[([\w.\-]+)\]", lambda match: "{" + (match[1] or match[2]).replace(" ", "_") + "}", path
    )
    path = re.sub(r"(?<=/)\$(?:\{(\w+)\}|(\w+))(?=/|$|\?)", lambda match: "{" + (match[1] or match[2]) + "}", path)
    return re.sub(r"\{\{([\w.\-]+)\}\}", r"{\1}", path)


_LIST_ENTRY = re.compile(
    r"""
    `?(?P<name>[A-Za-z_$][\w.\-$\[\]]*)`? \s*
    (?: \((?P<inner>[^()]{1,80}(?:\([^()]*\)[^()]{0,40})?)\)
      | <(?P<angle>[^<>]{1,40})> | \[(?P<square>[^\[\]]{1,60})\] )? \s*
    (?P<flag>required|optional)? \s*
    (?: [:–—-]+ \s* (?P<text>.*) )?
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


def list_entry(text: str, block: Block) -> Entry | None:
    """A parameter or property in a list: `limit` (integer, optional): how many."""
    match = _LIST_ENTRY.fullmatch(text) if len(text) < 2000 else None
    if match is None:
        return None
    inner = match["inner"] or match["angle"] or match["square"] or ""
    rest = match["text"] or ""
    if not inner and not match["flag"] and not rest:
        return None
    entry = Entry(match["name"].rstrip("."), block.line, max(block.level - 1, 0), has_prose=bool(rest))
    entry.description = rest[:400]
    if inner:
        where = location_of(inner.split(",")[-1])
        if where:
            entry.location = where
            inner = inner.rpartition(",")[0]
        kind = read_flags(entry, inner, block.line)
        if kind:
            read_type(entry, kind, block.line)
            if entry.type is None or (entry.type.name and not entry.type.types):
                return None
    elif rest:
        word, _, tail = rest.partition(" ")
        shape = parse_type(word.strip(",.;"))
        if shape is not None:
            entry.type, entry.type_line = shape, block.line
            read_flags(entry, tail[:40], block.line)
        elif not match["flag"] and not text.startswith("`"):
            return None
    if match["flag"]:
        read_flags(entry, match["flag"], block.line)
    if rest:
        read_description(entry, rest, block.line)
    return entry


def sections(facts: Facts, page: Blocks, found: Sequence[Found]) -> None:
    """Record the lines of each operation."""
    for operation in found:
        own = [block for block in page.blocks[operation.start : operation.end] if block.line]
        if own:
            facts.section(operation.key, own[0].line, max(block.end for block in own))


def used_blank(page: Blocks) -> Iterator[int]:
    """The lines without text."""
    return (number for number, line in enumerate(page.lines, 1) if not line.strip())
