"""Compares the facts of a page with the statements of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from speclient.document import Document, Node
from speclient.document.node import split_pointer
from speclient.document.problems import ReferenceProblem
from speclient.openapi.media import essence_of
from speclient.pages.facts import EXISTENCE, ITEM, VALUE, Fact, Kind, Subject, brief, canonical, dotted
from speclient.pages.sources import Explanations
from speclient.pages.statements import Statement, of_schema, statements
from speclient.schema.validator import SchemaError, Validator

_LOST = re.compile(r"#\d+")
_MAX_EXPANSIONS = 500
"""Number of places at which circular schemas are read again."""
_MAX_LEVELS = 40
"""Levels of a field in a circular schema."""


class Verdict(StrEnum):
    """How a document relates to a fact."""

    HELD = "held"
    """It states the same."""
    EXPLAINED = "explained"
    """It states something else, and `x-source` records what the page states."""
    WEAKER = "weaker"
    """It states less."""
    CONTRADICTS = "contradicts"
    """It states something else."""
    MISSING = "missing"
    """It does not have what the fact is about."""
    UNBOUND = "unbound"
    """The page lost the name, or describes a schema that the document does not have under this name."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one fact.

    Attributes:
        fact: the fact.
        verdict: the verdict.
        message: what the document states instead; empty if it states the same.
        node: the value in the document that decided.
        evidence: the values in the document that the fact supports.
        field: the first field of an example that the document lacks.
    """

    fact: Fact
    verdict: Verdict
    message: str = ""
    node: Node | None = None
    evidence: tuple[Node, ...] = ()
    field: tuple[str, ...] | None = None


@dataclass
class Comparison:
    """The statements of a document, prepared for comparing facts with them."""

    document: Document
    _operations: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    _schemas: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    _expanded: set[Subject] = field(default_factory=set[Subject])

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """All statements of the document."""
        return tuple(statements(self.document))

    @cached_property
    def _by_part(self) -> dict[tuple[str, str], list[Statement]]:
        table: dict[tuple[str, str], list[Statement]] = {}
        for statement in self.statements:
            subject = statement.fact.subject
            table.setdefault((subject.operation, subject.part), []).append(statement)
        return table

    @cached_property
    def _by_subject(self) -> dict[Subject, list[Statement]]:
        table: dict[Subject, list[Statement]] = {}
        for statement in self.statements:
            table.setdefault(statement.fact.subject, []).append(statement)
        return table

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = {}
        for operation, part in self._by_part:
            table.setdefault(operation, []).append(part)
        return table

    @cached_property
    def _explanations(self) -> Explanations:
        return Explanations(self.document)

    @cached_property
    def _validator(self) -> Validator:
        return Validator(self.document, all_formats=True)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations of the document."""
        return tuple(key for key in self._parts if key)

    # -- names of a page in the document ---------------------------------------------------------------------------

    def operation(self, key: str) -> str | None:
        """The operation of the document that a page calls `key`, or None.

        Names in braces do not count; a page may show the path with the path of the server in front.
        """
        if key not in self._operations:
            self._operations[key] = self._find_operation(key)
        return self._operations[key]

    def _find_operation(self, key: str) -> str | None:
        if key in self._parts or not key:
            return key
        wanted = _shape(key)
        same = [own for own in self.operations if _shape(own) == wanted]
        if same:
            return same[0]
        prefixes = {
            urlsplit(str(statement.fact.value)).path.rstrip("/")
            for statement in self.statements
            if statement.fact.kind == "server"
        }
        method, _, path = key.partition(" ")
        for own in self.operations:
            for prefix in prefixes:
                if prefix and wanted == _shape(f"{method} {prefix}{own.partition(' ')[2]}"):
                    return own
        ends = [
            own
            for own in self.operations
            if own.startswith(method) and _shape(key).endswith(_shape(own)[len(method) + 1 :])
        ]
        return ends[0] if len(ends) == 1 and len(path) > 1 and ends[0].count("/") > 1 else None

    def subjects(self, subject: Subject) -> list[Subject]:
        """The subjects of the document that a subject of a page may mean, without its field."""
        if not subject.operation and subject.part.startswith("schema "):
            name = self._schema(subject.part.removeprefix("schema "))
            return [Subject("", f"schema {name}")] if name is not None else []
        operation = self.operation(subject.operation)
        if operation is None:
            return []
        parts = self._parts.get(operation, [])
        return [Subject(operation, part) for part in parts if _same_part(subject.part, part)]

    def _schema(self, name: str) -> str | None:
        if name not in self._schemas:
            wanted = _letters(name)
            names = [part.removeprefix("schema ") for part in self._parts.get("", [])]
            self._schemas[name] = next((own for own in names if _letters(own) == wanted), None)
        return self._schemas[name]

    def candidates(self, subject: Subject) -> list[Statement]:
        """The statements about a subject of a page; several variants of a schema may describe one subject."""
        bases = self.subjects(subject)
        exact = [
            statement for base in bases for statement in self._at(Subject(base.operation, base.part, subject.field))
        ]
        if exact or not subject.field:
            return exact
        plain = _plain(subject.field)
        return [
            statement
            for base in bases
            for statement in self._by_part.get((base.operation, base.part), ())
            if _plain(statement.fact.subject.field) == plain
            # The elements of an array are not the array.
            and (subject.field[-1] not in (ITEM, VALUE) or statement.fact.subject.field[-1:] == subject.field[-1:])
        ]

    def _at(self, subject: Subject) -> list[Statement]:
        """The statements about a subject of the document, also in a circular schema that a page shows deeper."""
        known = self._by_subject.get(subject, [])
        if known or not subject.field or len(subject.field) > _MAX_LEVELS:
            return known
        outer = Subject(subject.operation, subject.part, subject.field[:-1])
        owners = dict.fromkeys(schema for found in self._at(outer) if (schema := _schema_of(found)) is not None)
        if outer not in self._expanded and len(self._expanded) < _MAX_EXPANSIONS:
            self._expanded.add(outer)
            added: dict[Subject, list[Statement]] = {}
            for owner in owners:
                for statement in of_schema(Subject(outer.operation, outer.part), owner):
                    inner = replace(statement.fact.subject, field=(*outer.field, *statement.fact.subject.field))
                    if inner not in self._by_subject:
                        placed = replace(statement, fact=replace(statement.fact, subject=inner))
                        added.setdefault(inner, []).append(placed)
            self._by_subject.update(added)
        return self._by_subject.get(subject, [])

    # -- verdicts --------------------------------------------------------------------------------------------------

    def judge(self, facts: Iterable[Fact]) -> list[Judgement]:
        """The verdict on each fact. Of what is missing, only the outermost is reported as missing."""
        facts = list(facts)
        taken = self._named(facts)
        missing: set[Subject] = set()
        judgements: list[Judgement] = []
        for fact in facts:
            if fact.subject in missing or any(outer in missing for outer in fact.subject.outer()):
                continue
            judgement = self._judge(fact, taken)
            if judgement.verdict is Verdict.MISSING and fact.kind in EXISTENCE:
                missing.add(fact.subject)
            judgements.append(judgement)
        return judgements

    def _named(self, facts: Sequence[Fact]) -> set[tuple[str, str]]:
        """The parts that the page names: a lost name cannot be one of them."""
        return {
            (base.operation, base.part)
            for fact in facts
            if fact.kind in ("parameter", "header") and not fact.subject.is_lost
            for base in self.subjects(fact.subject)
        }

    def _judge(self, fact: Fact, taken: set[tuple[str, str]]) -> Judgement:
        if fact.subject.is_lost:
            return self._judge_lost(fact, taken)
        if fact.kind == "operation":
            own = self.operation(str(fact.value))
            found = self._by_subject.get(Subject(own), ()) if own else ()
            if not found:
                return Judgement(fact, Verdict.MISSING, "the spec has no such operation")
            return Judgement(fact, Verdict.HELD, node=found[0].node, evidence=(found[0].node,))
        candidates = self.candidates(fact.subject)
        if fact.kind == "example":
            return self._judge_example(fact, candidates)
        of_kind = [statement for statement in candidates if statement.fact.kind == fact.kind]
        if fact.kind in EXISTENCE:
            return self._judge_existence(fact, candidates, of_kind)
        if not candidates:
            bound = bool(self.subjects(fact.subject))
            if not bound and fact.subject.part.startswith("schema "):
                return Judgement(fact, Verdict.UNBOUND, "the spec has no schema of this name")
            return Judgement(
                fact, Verdict.MISSING, f"the spec has no {_what(fact.subject)}", self._nearest(fact.subject)
            )
        if fact.kind == "server":
            return self._judge_server(fact, of_kind)
        return self._judge_value(fact, candidates, of_kind)

    def _judge_existence(self, fact: Fact, candidates: Sequence[Statement], of_kind: Sequence[Statement]) -> Judgement:
        if of_kind or (fact.kind in ("field", "body") and candidates):
            found = [statement.node for statement in of_kind or candidates]
            return Judgement(fact, Verdict.HELD, node=found[0], evidence=tuple(found))
        if not fact.subject.operation and not self.subjects(fact.subject):
            return Judgement(fact, Verdict.UNBOUND, "the spec has no schema of this name")
        return Judgement(fact, Verdict.MISSING, f"the spec has no {_what(fact.subject)}", self._nearest(fact.subject))

    def _nearest(self, subject: Subject) -> Node | None:
        """The innermost value of the document that contains the subject, for the location of a message."""
        for length in range(len(subject.field), -1, -1):
            found = self.candidates(Subject(subject.operation, subject.part, subject.field[:length]))
            if found:
                schemas = [statement.owner for statement in found if statement.fact.kind in ("type", "enum", "const")]
                return schemas[0] if schemas else found[0].node
        words = subject.part.split(" ")
        for length in range(len(words) - 1, -1, -1):
            found = self.candidates(Subject(subject.operation, " ".join(words[:length])))
            if found:
                return found[0].node
        return None

    def _judge_server(self, fact: Fact, servers: Sequence[Statement]) -> Judgement:
        for statement in servers:
            own = str(statement.fact.value).rstrip("/")
            pattern = re.sub(r"\\\{[^}]*\\\}", r"[^/]+", re.escape(own))
            if own.startswith("//"):
                pattern = f"(https?:)?{pattern}"
            if re.match(f"{pattern}(/|$)", str(fact.value)):
                return Judgement(fact, Verdict.HELD, node=statement.node, evidence=(statement.node,))
        shown = ", ".join(str(statement.fact.value) for statement in servers) or "none"
        node = servers[0].node if servers else None
        return Judgement(fact, Verdict.CONTRADICTS, f"the spec's servers are {shown}", node)

    def _judge_value(self, fact: Fact, candidates: Sequence[Statement], of_kind: Sequence[Statement]) -> Judgement:
        equal = [statement for statement in of_kind if _agrees(fact.kind, fact.value, statement.fact.value)]
        if equal:
            return Judgement(fact, Verdict.HELD, node=equal[0].node, evidence=tuple(found.node for found in equal))
        if fact.kind == "enum":
            merged = _union(
                statement.fact.value for statement in candidates if statement.fact.kind in ("enum", "const")
            )
            if merged and _agrees("enum", fact.value, merged):
                nodes = tuple(found.node for found in candidates if found.fact.kind in ("enum", "const"))
                return Judgement(fact, Verdict.HELD, node=nodes[0], evidence=nodes)
        if fact.kind == "type" and not of_kind:
            values = [
                value
                for found in candidates
                if found.fact.kind in ("enum", "const")
                for value in _list(found.fact.value)
            ]
            if values and {_json_type(value) for value in values} <= set(_list(fact.value)):
                return Judgement(fact, Verdict.HELD, node=candidates[0].node)
            implied = [found for found in candidates if fact.value in _implied_types(found)]
            if implied:
                return Judgement(fact, Verdict.HELD, node=implied[0].node)
        explained = self._explanations.explains(fact, (statement.owner for statement in candidates))
        if explained is not None:
            return Judgement(fact, Verdict.EXPLAINED, node=explained, evidence=(explained,))
        owner = next((found for found in candidates if found.fact.kind == "type"), candidates[0])
        if not of_kind:
            missing = "the spec does not allow null" if fact.kind == "nullable" else f"the spec states no {fact.kind}"
            return Judgement(fact, Verdict.WEAKER, missing, owner.owner)
        stated = of_kind[0]
        message = f"the spec states {fact.kind} {brief(stated.fact.value)}"
        if _is_weaker(fact, [statement.fact.value for statement in of_kind]):
            return Judgement(fact, Verdict.WEAKER, message, stated.node)
        return Judgement(fact, Verdict.CONTRADICTS, message, stated.node)

    def _judge_lost(self, fact: Fact, taken: set[tuple[str, str]]) -> Judgement:
        """A fact whose name the page lost is held if any subject that it may be about has it."""
        words = fact.subject.part.split(" ")
        if words[0] == "response" and not Subject(part=" ".join(words[2:]), field=fact.subject.field).is_lost:
            return self._judge_without_status(fact, words, taken)
        for statement in self._possible(fact.subject, taken):
            if statement.fact.kind == fact.kind and (
                fact.kind in EXISTENCE or _agrees(fact.kind, fact.value, statement.fact.value)
            ):
                return Judgement(fact, Verdict.HELD, node=statement.node)
            if fact.kind == "type" and self._explanations.explains(fact, [statement.owner]) is not None:
                return Judgement(fact, Verdict.EXPLAINED, node=statement.node)
        if fact.kind in EXISTENCE:
            return Judgement(fact, Verdict.UNBOUND, "the page lost the name")
        return Judgement(
            fact, Verdict.MISSING, f"nothing in this place of the spec has {fact.kind} {brief(fact.value)}"
        )

    def _judge_without_status(self, fact: Fact, words: Sequence[str], taken: set[tuple[str, str]]) -> Judgement:
        """A fact of a response whose status the page does not name: any response of the operation may be meant."""
        operation = self.operation(fact.subject.operation)
        parts = self._parts.get(operation, ()) if operation is not None else ()
        statuses = dict.fromkeys(part.split(" ")[1] for part in parts if part.startswith("response "))
        judgements = [
            self._judge(
                replace(fact, subject=replace(fact.subject, part=" ".join(["response", status, *words[2:]]))), taken
            )
            for status in statuses
        ]
        for judgement in judgements:
            if judgement.verdict in (Verdict.HELD, Verdict.EXPLAINED):
                return replace(judgement, fact=fact)
        if len(judgements) == 1:
            return replace(judgements[0], fact=fact)
        return Judgement(fact, Verdict.MISSING, f"no response of the spec has {fact.kind} {brief(fact.value)}")

    def _possible(self, subject: Subject, taken: set[tuple[str, str]]) -> Iterator[Statement]:
        operation = self.operation(subject.operation)
        if operation is None:
            return
        part = re.compile(r"[^ ]+".join(re.escape(piece) for piece in _LOST.split(subject.part)))
        name = next((token for token in reversed(subject.field) if token not in (ITEM, VALUE)), None)
        for own in self._parts.get(operation, ()):
            if part.fullmatch(own) is None and not _same_part(subject.part, own):
                continue
            if (operation, own) in taken and _LOST.search(subject.part):
                continue
            for statement in self._by_part[(operation, own)]:
                field = _plain(statement.fact.subject.field)
                # Text without names has no indentation either: the depth of a field is uncertain.
                if name is None:
                    matches = not field
                else:
                    matches = bool(field) and (_LOST.fullmatch(name) is not None or field[-1] == name)
                if matches:
                    yield statement

    def places_of(self, fact: Fact) -> list[Node]:
        """The values of the document that a fact with a lost name may be about, because they are equal."""
        places = (
            statement.node
            for statement in self._possible(fact.subject, set())
            if statement.fact.kind == fact.kind and _agrees(fact.kind, fact.value, statement.fact.value)
        )
        return list(dict.fromkeys(places))

    def is_decided(self, subject: Subject) -> bool:
        """Whether an `x-source` records what a page states about a subject, because the document decided otherwise."""
        return any(
            "page" in mark or "example" in mark
            for statement in self.candidates(subject)
            for mark in self._explanations.marks(statement.owner)
        )

    # -- examples --------------------------------------------------------------------------------------------------

    def _judge_example(self, fact: Fact, candidates: Sequence[Statement]) -> Judgement:
        bases = self.subjects(fact.subject)
        stated = [found for found in candidates if found.fact.kind == "example" and _same(found.fact.value, fact.value)]
        evidence = tuple(found.node for found in stated)
        if not bases:
            return Judgement(fact, Verdict.UNBOUND, "the spec has no place for this example")
        if isinstance(fact.value, (dict, list)):
            unknown = self._unknown_field(bases, fact)
            if unknown is not None:
                return unknown
        if stated:
            return Judgement(fact, Verdict.HELD, node=stated[0].node, evidence=evidence)
        schemas = list(dict.fromkeys(_outermost_schemas(candidates)))
        if not schemas:
            return Judgement(fact, Verdict.HELD)
        problem = self._violation(schemas, fact, bases)
        if problem is None:
            return Judgement(fact, Verdict.HELD, node=schemas[0])
        return Judgement(fact, Verdict.CONTRADICTS, problem, schemas[0])

    def _unknown_field(self, bases: Sequence[Subject], fact: Fact) -> Judgement | None:
        for path in _paths(fact.value):
            subject = Subject(fact.subject.operation, fact.subject.part, (*fact.subject.field, *path))
            known = self.candidates(subject)
            parent = self.candidates(Subject(subject.operation, subject.part, subject.field[:-1]))
            # Free keys are not fields; a schema without any property says nothing about its fields.
            has_fields = any(
                self._by_subject.get(Subject(base.operation, base.part, (*subject.field[:-1], VALUE))) for base in bases
            ) or not any(
                isinstance(found.owner.mapping.get("properties"), dict)
                for found in parent
                if found.fact.kind not in ("field", "required")
            )
            if not known and not has_fields:
                where = dotted(path)
                node = parent[0].owner if parent else None
                message = f"the spec has no field {where} of this example"
                return Judgement(fact, Verdict.MISSING, message, node, field=path)
        return None

    def _violation(self, schemas: Sequence[Node], fact: Fact, bases: Sequence[Subject]) -> str | None:
        first: str | None = None
        for schema in schemas:
            try:
                violations = self._validator.violations(schema, fact.value)
            except SchemaError:
                return None
            rest = [found for found in violations if not self._explains_part(fact, bases, found.pointer)]
            if not rest:
                return None
            first = first or f"the schema rejects it: {rest[0].message}" + (
                f" at {rest[0].pointer}" if rest[0].pointer else ""
            )
        return first

    def _explains_part(self, fact: Fact, bases: Sequence[Subject], pointer: str) -> bool:
        """Whether `x-source` records the invalid part of an example."""
        value, path = fact.value, list(fact.subject.field)
        for token in split_pointer(pointer):
            value = value[int(token)] if isinstance(value, list) else value[token]
            path.append(ITEM if token.isdigit() else token)
        for base in bases:
            for found in self.candidates(Subject(base.operation, base.part, tuple(path))):
                if self._explanations.records_example(found.owner, value):
                    return True
        return False


def _shape(key: str) -> str:
    """An operation without the names of its path parameters."""
    return re.sub(r"\{[^}]*\}", "{}", key).rstrip("/")


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _plain(path: Sequence[str]) -> tuple[str, ...]:
    return tuple(token for token in path if token not in (ITEM, VALUE))


def _outermost_schemas(candidates: Sequence[Statement]) -> Iterator[Node]:
    """The schemas that an example has to satisfy: one per variant, without the parts that a schema is composed of."""
    for statement in candidates:
        match statement.fact.kind:
            case "media-type" | "parameter" | "header":
                schema = statement.node.get("schema")
                if schema is not None:
                    yield schema
            case "field":
                yield statement.node
            case _:
                pass
    if candidates and candidates[0].fact.subject.part.startswith("schema "):
        yield candidates[0].owner


def _same_part(page: str, own: str) -> bool:
    """Whether a part of a page means a part of the document."""
    if page == own:
        return True
    mine, theirs = page.split(" "), own.split(" ")
    if mine[0] in ("header", "cookie") and page.lower() == own.lower():
        return True
    if mine[0] == "path" and theirs[0] == "path":
        return _letters(page) == _letters(own)
    if mine[0] == "response" and theirs[0] == "response" and len(theirs) > 1:
        if len(mine) == 4 and "header" in mine:
            return page.lower() == own.lower()
        # A page may leave out the media type.
        if len(mine) == 2 and len(theirs) == 3:
            return mine[1] == theirs[1]
        return len(mine) == len(theirs) == 3 and mine[1] == theirs[1] and essence_of(mine[2]) == essence_of(theirs[2])
    if mine[0] == "body" == theirs[0]:
        if len(mine) == 1:
            return True
        return len(mine) == len(theirs) == 2 and essence_of(mine[1]) == essence_of(theirs[1])
    return False


def _what(subject: Subject) -> str:
    return f"field {dotted(subject.field)} in {subject.part}" if subject.field else subject.part or "operation"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _union(values: Iterable[Any]) -> list[Any]:
    return [value for group in values for value in _list(group)]


def _agrees(kind: Kind, page: Any, own: Any) -> bool:
    """Whether a value of a page and one of the document state the same."""
    if kind in ("enum", "const"):
        return {_loose(value) for value in _list(page)} == {_loose(value) for value in _list(own)}
    if kind == "type":
        return set(_list(page)) == set(_list(own))
    if kind == "authentication":
        return page == own or {page, own} <= {"bearer", "oauth2", "openIdConnect"}
    if kind == "default":
        return _loose(page) == _loose(own)
    return _same(page, own)


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    if isinstance(first, (int, float)) and isinstance(second, (int, float)):
        return first == second
    return canonical(first) == canonical(second)


def _loose(value: Any) -> str:
    """A value as pages write it: without quotes, `true` and `True` alike."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return (value if isinstance(value, str) else canonical(value)).strip().strip("\"'").lower()


def _is_weaker(fact: Fact, stated: Sequence[Any]) -> bool:
    """Whether the document admits what the page states, and more."""
    if fact.kind == "type":
        page = set(_list(fact.value))
        wide = {name for value in stated for name in _list(value)}
        return page <= wide or (page <= {"integer", "number"} and "number" in wide)
    if fact.kind == "required":
        # A client must not reject a response that lacks a property.
        return fact.value is True and (bool(fact.subject.field) or fact.subject.part.startswith("response"))
    return False


def _implied_types(statement: Statement) -> Iterator[str]:
    """The types that a schema without `type` implies: one with properties describes objects."""
    schema = _schema_of(statement)
    try:
        mapping = schema.resolve().mapping if schema is not None else {}
    except ReferenceProblem:
        return
    if mapping.keys() & {"properties", "additionalProperties"}:
        yield "object"
    if "items" in mapping:
        yield "array"


def _schema_of(statement: Statement) -> Node | None:
    """The schema of the value that a statement is about, as far as the statement contains it."""
    match statement.fact.kind:
        case "field":
            return statement.node
        case "media-type" | "parameter" | "header":
            return statement.node.get("schema")
        case "required" | "example" | "operation" | "status" | "body" | "server" | "authentication":
            return None
        case _:
            return statement.owner


def _json_type(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", dict: "object", list: "array"}
    return names.get(type(value), "null")


def _paths(value: Any, path: tuple[str, ...] = (), limit: int = 12) -> Iterator[tuple[str, ...]]:
    """The field paths of an example."""
    if limit == 0:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield (*path, str(name))
            yield from _paths(inner, (*path, str(name)), limit - 1)
    elif isinstance(value, list):
        for inner in value[:20]:
            yield from _paths(inner, (*path, ITEM), limit - 1)
