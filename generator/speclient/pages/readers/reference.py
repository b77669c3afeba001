"""Reads an API reference from blocks: operations, then what headings, tables, lists and code below them state.

The styles that are headings and tables share this: Markdown references, Slate, and pages of an unknown style.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from speclient.pages.facts import ITEM, Facts, Subject
from speclient.pages.readers.blocks import Block, Blocks, Row
from speclient.pages.readers.embedded import add_document, add_schema, is_schema, parse_document
from speclient.pages.readers.labels import CONTENT_TYPE, MEDIA_WORD, OBJECT, SCHEMAS, Place, label_of
from speclient.pages.readers.lines import beside_prose
from speclient.pages.readers.lists import list_entry, read_definition
from speclient.pages.readers.literals import parse_json, parse_value
from speclient.pages.readers.named_schemas import MAX_EXPANDED, Pending, expand, innermost
from speclient.pages.readers.operations import PageOperation, add_path_parameters, find_operations, unnamed_status
from speclient.pages.readers.samples import add_authentication, add_server, read_sample, split_url
from speclient.pages.readers.schemes import Schemes
from speclient.pages.readers.tables import STATUS, Entry, add_entries, entries_of, roles
from speclient.pages.readers.type_text import TypeText, parse_type


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
        self.pending: list[Pending] = []
        self.servers: list[tuple[str, int]] = []
        self.schemes = Schemes(facts)
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
        self.operation: PageOperation | None = None
        self.place = Place()
        self.schema_level = 0

    def read(self) -> list[PageOperation]:
        """Read the page; return its operations.

        The first pass tells which statuses each operation has, wherever the page names them.
        """
        first = Reference(self.page, Facts(), curl=self.curl, prose=self.prose)
        first._read()
        for fact in first.facts.facts:
            if fact.kind == "status":
                self.statuses.setdefault(fact.subject.operation, []).append(str(fact.value))
        return self._read()

    def _read(self) -> list[PageOperation]:
        found = find_operations(self.blocks, self.facts, curl=self.curl)
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
        expand(self.facts, self.pending)
        if self.unread:
            shown = ", ".join(str(line) for line in self.unread[:10])
            more = " and more" if len(self.unread) > 10 else ""
            lines = "line" if len(self.unread) == 1 else "lines"
            self.facts.note(f"Tables and lists that were not understood: {lines} {shown}{more}.")
        headers = {fact.subject for fact in self.facts.facts if fact.kind == "parameter"}
        for operation in found:
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
            self._copy(operation)
        return found

    # Operations.

    def _open(self, operation: PageOperation) -> None:
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
        add_path_parameters(self.facts, operation.key, line)

    def _copy(self, operation: PageOperation) -> None:
        """Add the facts of an operation to the others that the page describes with it."""
        own = (
            [fact for fact in self.facts.facts if fact.subject.operation == operation.key] if operation.aliases else []
        )
        for alias in operation.aliases:
            if len(self.facts.facts) + len(own) > MAX_EXPANDED:
                return
            line = self.blocks[operation.index].line
            self.facts.add(Subject(alias), "operation", alias, line)
            add_path_parameters(self.facts, alias, line)
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
            return
        named = OBJECT.fullmatch(text)
        if named is not None and label_of(text) is None:
            self.place = Place("schema", named["name"], block.level)
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
            if self.operation is not None:
                named = text.partition(":")[2] or text.partition("methods")[2]
                self.schemes.require(self.operation, named, block.line)
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

    def _item(self, index: int, block: Block) -> None:
        text = block.text.strip()
        url = re.fullmatch(r"`?((?:https?:)?//\S+?)`?", text)
        if self.place.kind == "servers" and url is not None:
            self.servers.append((url[1].rstrip("/"), block.line))
            self.facts.use([block.line])
            return
        if self.place.kind == "authentication" or (self.operation is None and not self.schema_level):
            self.schemes.read(self.blocks, index)
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
                read_definition(entry, row[1].text, row[1].line, prose=self.prose)
            entries.append(entry)
        if not entries or (self.operation is None and self.place.kind != "schema"):
            return
        stated = any(entry.type is not None or entry.required is not None for entry in entries)
        if stated or self.place.kind in ("parameters", "headers"):
            self._add(entries, enumerated=False)
        else:
            # Terms without a type can be anything: codes of errors, words of the trade.
            self.unread.append(block.line)

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
            inner, shape = innermost(subject, entry.type)
            if not shape.name:
                continue
            if following is not None and following.depth > entry.depth:
                around.append((entry.depth, shape.name.lower()))
                if not following.free:
                    self.facts.add(inner, "type", "object", entry.type_line)
            else:
                names = entered.union(name for _, name in around)
                self.pending.append(Pending(inner, shape.name, entry.type_line, names))

    def _refer(self, subject: Subject, shape: TypeText, line: int) -> None:
        inner, shape = innermost(subject, shape)
        if shape.name:
            self.pending.append(Pending(inner, shape.name, line))

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
                subject, shape = innermost(subject, root.type)
                if shape.name and len(entries) == 1:
                    self.pending.append(Pending(subject, shape.name, root.type_line))
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


def _can_list(entry: Entry) -> bool:
    return entry.scalar in ("string", "integer", "number", "", "array", "boolean")
