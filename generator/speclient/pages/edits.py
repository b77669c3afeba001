"""Edits of a document that make it state what a page states."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from speclient.document import Node
from speclient.document.node import split_pointer
from speclient.pages.compare import Comparison, Judgement, Verdict
from speclient.pages.diff import Change
from speclient.pages.draft import Draft, schema_of
from speclient.pages.facts import EXISTENCE, ITEM, KEYWORDS, Fact, Subject, canonical, dotted
from speclient.pages.statements import Statement


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit.

    Attributes:
        action: `set` or `remove` the value at the path; `append` a value to the list there, or `discard` it from it.
        path: the tokens of a JSON pointer. Missing parents are created.
        reason: the fact, for people.
        value: the new value.
        old: the value that is replaced or removed, if any.
    """

    action: Literal["set", "append", "remove", "discard"]
    path: tuple[str, ...]
    reason: str
    value: Any = None
    old: Any = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The edits of a document, and what a person must decide.

    Attributes:
        edits: in the order in which they are applied.
        open: facts and changes for which there is no edit.
    """

    edits: tuple[Edit, ...]
    open: tuple[str, ...]


def propose(
    comparison: Comparison, facts: Sequence[Fact], judgements: Iterable[Judgement], changed: Iterable[Change]
) -> Proposal:
    """The edits for the facts that a document does not state, and for those that a page no longer states.

    Args:
        comparison: of the document.
        facts: the facts of the page, with lost names filled in.
        judgements: the verdicts on these facts.
        changed: what changed on the page since the facts were recorded.
    """
    judgements, changed = list(judgements), list(changed)
    before = {change.new.id: change.old for change in changed if change.new is not None and change.old is not None}
    writer = _Writer(comparison, facts)
    still = {node.pointer for judgement in judgements for node in judgement.evidence}
    edits: list[Edit] = []
    open_points: list[str] = []
    for judgement in judgements:
        if judgement.verdict not in (Verdict.MISSING, Verdict.CONTRADICTS, Verdict.WEAKER):
            continue
        old = before.get(judgement.fact.id)
        try:
            found = writer.for_lost(judgement.fact, old) if old is not None else []
            found = found or writer.for_fact(judgement)
        except _OtherFileError as problem:
            open_points.append(f"{judgement.fact} (line {judgement.fact.line}): {judgement.message}; {problem}")
            continue
        edits += found
        if not found:
            open_points.append(f"{judgement.fact} (line {judgement.fact.line}): {judgement.message}")
    stated = {(fact.subject, fact.kind) for fact in facts}
    for change in changed:
        if change.sort == "removed" and change.old is not None:
            try:
                found = [] if change.old.key in stated else writer.for_removal(change.old, still)
            except _OtherFileError as problem:
                open_points.append(f"{change.old} is no longer on the page; {problem}")
                continue
            edits += found
            if not found:
                open_points.append(f"{change.old} is no longer on the page")
        elif change.old is None and change.new is None:
            open_points.append(f"{change} (line {change.line}): read it, and correct descriptions if needed")
    shared = _shared(comparison, edits)
    noted = (replace(edit, reason=f"{edit.reason}{shared.get(edit.path[:3], '')}") for edit in edits)
    return Proposal(tuple(_distinct(noted)), tuple(dict.fromkeys(open_points)))


def _shared(comparison: Comparison, edits: Iterable[Edit]) -> dict[tuple[str, ...], str]:
    """For each component that edits change: the operations that use it, as text, if there are several."""
    edited = {edit.path[:3] for edit in edits if edit.path[:1] == ("components",)}
    users: dict[tuple[str, ...], dict[str, None]] = {}
    for statement in comparison.statements if edited else ():
        for node in (statement.node, statement.owner):
            place = split_pointer(node.pointer)[:3]
            if place in edited and node.file == comparison.document.root_file and statement.fact.subject.operation:
                users.setdefault(place, {})[statement.fact.subject.operation] = None
    return {place: _users(place, list(names)) for place, names in users.items() if len(names) > 1}


def _users(place: tuple[str, ...], names: Sequence[str]) -> str:
    more = f", and {len(names) - _USERS_SHOWN} more" if len(names) > _USERS_SHOWN else ""
    return f" [{'/'.join(place)} is shared by {len(names)} operations: {', '.join(names[:_USERS_SHOWN])}{more}]"


_USERS_SHOWN: Final = 4


def _distinct(edits: Iterable[Edit]) -> Iterator[Edit]:
    """Each edit once; removals last, and the last elements of a list first, so that positions stay valid."""
    seen: set[str] = set()
    removals: list[Edit] = []
    for edit in edits:
        key = f"{edit.action} {edit.path} {canonical(edit.value)}"
        if key in seen:
            continue
        seen.add(key)
        if edit.action == "remove":
            removals.append(edit)
        else:
            yield edit
    yield from sorted(
        removals, key=lambda edit: [(int(token) if token.isdigit() else -1, token) for token in edit.path], reverse=True
    )


class _Writer:
    """Finds the place and the value of an edit."""

    def __init__(self, comparison: Comparison, facts: Sequence[Fact]) -> None:
        self._comparison = comparison
        self._facts = facts
        self._draft = Draft(facts, comparison.document.version)

    # -- what the document does not have, or states differently -----------------------------------------------------

    def for_fact(self, judgement: Judgement) -> list[Edit]:
        fact, subject = judgement.fact, judgement.fact.subject
        if subject.is_lost:
            return []
        reason = f"{fact} (line {fact.line})"
        if judgement.verdict is Verdict.MISSING:
            return self._missing(fact, judgement, reason)
        if fact.kind == "required":
            return self._require(fact, reason)
        if fact.kind == "example":
            return self._example(fact, reason)
        if fact.kind in ("server", "authentication"):
            return []
        candidates = self._comparison.candidates(subject)
        same = [found for found in candidates if found.fact.kind == fact.kind]
        owner = self._schema(candidates)
        if fact.kind == "type" and owner is not None:
            formats = _FORMATS.get(owner.text("format") or "")
            outdated = formats is not None and fact.value not in formats
            return [self._type(fact, owner, reason), *(self._without(owner, "format", reason) if outdated else [])]
        if fact.kind == "nullable" and owner is not None:
            return [self._null(owner, reason)]
        if fact.kind in KEYWORDS and (same or owner is not None):
            keyword = KEYWORDS[fact.kind]
            target = same[0].owner if same else owner
            if fact.kind == "deprecated" and not subject.field:
                target = candidates[0].node
            assert target is not None
            return [self._set(target, (keyword,), fact.value, reason)]
        return []

    def for_lost(self, fact: Fact, old: Fact) -> list[Edit]:
        """The edit for a changed fact whose name the page lost, if one place only has the old value."""
        if not fact.subject.is_lost or fact.kind not in KEYWORDS:
            return []
        places = self._comparison.places_of(old)
        reason = f"{fact} (line {fact.line})"
        return [Edit("set", _path(places[0]), reason, fact.value, places[0].value)] if len(places) == 1 else []

    def _missing(self, fact: Fact, judgement: Judgement, reason: str) -> list[Edit]:
        subject = fact.subject
        words = subject.part.split(" ")
        if fact.kind == "operation":
            method, _, path = str(fact.value).partition(" ")
            value = self._draft.operation(str(fact.value))
            return [Edit("set", ("paths", path, method.lower()), reason, value)]
        if fact.kind == "example":
            return self._example_fields(fact, judgement, reason)
        operation = self._operation(subject)
        if fact.kind == "field":
            return self._field(subject, self._draft.schema(subject, without=("field", "required")), reason)
        if operation is None:
            return []
        match fact.kind:
            case "parameter":
                return [Edit("append", (*_path(operation), "parameters"), reason, self._draft.parameter(subject))]
            case "body":
                return [self._set(operation, ("requestBody",), self._draft.body(subject.operation), reason)]
            case "status":
                value = self._draft.response(subject.operation, words[1])
                return [self._set(operation, ("responses", words[1]), value, reason)]
            case "media-type" | "header":
                outer = self._comparison.candidates(
                    Subject(subject.operation, " ".join(words[: 1 if words[0] == "body" else 2]))
                )
                if not outer and words[0] == "response":
                    value = self._draft.response(subject.operation, words[1])
                    return [self._set(operation, ("responses", words[1]), value, reason)]
                if not outer:
                    return [self._set(operation, ("requestBody",), self._draft.body(subject.operation), reason)]
                if fact.kind == "header":
                    schema = self._draft.schema(subject, without=("header", "required"))
                    return [self._set(outer[0].node, ("headers", words[-1]), {"schema": schema}, reason)]
                value = self._draft.media_type(subject.operation, subject.part)
                return [self._set(outer[0].node, ("content", words[-1]), value, reason)]
            case _:
                return []

    def _operation(self, subject: Subject) -> Node | None:
        own = self._comparison.operation(subject.operation)
        found = self._comparison.candidates(Subject(own or "", "")) if own else []
        return next((statement.node for statement in found if statement.fact.kind == "operation"), None)

    def _schema(self, candidates: Sequence[Statement]) -> Node | None:
        """The schema that a keyword is added to."""
        for statement in candidates:
            if statement.fact.kind in ("type", "enum", "const", "format"):
                return statement.owner
        for statement in candidates:
            if statement.fact.kind == "field":
                return statement.node
            if statement.fact.kind in ("parameter", "media-type", "header"):
                return statement.node.get("schema") or statement.node
        return None

    def _field(self, subject: Subject, schema: dict[str, Any], reason: str) -> list[Edit]:
        parents = self._comparison.candidates(Subject(subject.operation, subject.part, subject.field[:-1]))
        owner = next(
            (found.owner for found in parents if found.fact.kind == "type" and found.fact.value == "object"), None
        )
        owner = owner or self._schema(parents)
        if owner is None:
            return []
        edits = [self._set(owner, ("properties", subject.field[-1]), schema, reason)]
        required = any(
            fact.subject == subject and fact.kind == "required" and fact.value is True for fact in self._facts
        )
        if required:
            edits.append(self._required(owner, subject.field[-1], True, reason))
        return edits

    def _require(self, fact: Fact, reason: str) -> list[Edit]:
        candidates = [found for found in self._comparison.candidates(fact.subject) if found.fact.kind == "required"]
        if not candidates:
            return []
        if fact.subject.field:
            owners = dict.fromkeys(found.owner for found in candidates)
            return [self._required(owner, fact.subject.field[-1], bool(fact.value), reason) for owner in owners]
        owner = candidates[0].owner
        return [self._set(owner, ("required",), fact.value, reason)]

    @staticmethod
    def _required(owner: Node, name: str, required: bool, reason: str) -> Edit:
        return Edit("append" if required else "discard", (*_path(owner), "required"), reason, name)

    def _type(self, fact: Fact, owner: Node, reason: str) -> Edit:
        old = owner.mapping.get("type")
        value = fact.value
        if isinstance(old, list) and "null" in old:
            value = [*(value if isinstance(value, list) else [value]), "null"]
        return self._set(owner, ("type",), value, reason)

    @staticmethod
    def _without(owner: Node, keyword: str, reason: str) -> list[Edit]:
        """The edits that remove a keyword, and its name from the `x-source` next to it."""
        edits = [Edit("remove", (*_path(owner), keyword), reason, old=owner.mapping.get(keyword))]
        mark = owner.mapping.get("x-source")
        if isinstance(mark, dict) and keyword in mark.get("properties", []):
            edits.append(Edit("discard", (*_path(owner), "x-source", "properties"), reason, keyword))
        return edits

    def _null(self, owner: Node, reason: str) -> Edit:
        if self._comparison.document.version == (3, 0):
            return self._set(owner, ("nullable",), True, reason)
        old = owner.mapping.get("type", [])
        return self._set(owner, ("type",), [*(old if isinstance(old, list) else [old]), "null"], reason)

    def _example(self, fact: Fact, reason: str) -> list[Edit]:
        """Replace the only example of the document."""
        stated = [found for found in self._comparison.candidates(fact.subject) if found.fact.kind == "example"]
        if len(stated) != 1:
            return []
        return [Edit("set", _path(stated[0].node), reason, fact.value, stated[0].node.value)]

    def _example_fields(self, fact: Fact, judgement: Judgement, reason: str) -> list[Edit]:
        """Add the first field of an example that the document lacks, unless the page describes it."""
        missing = judgement.field
        if missing is None:
            return []
        subject = Subject(fact.subject.operation, fact.subject.part, (*fact.subject.field, *missing))
        if any(known.subject == subject for known in self._facts):
            return []
        note = {"basis": "inference", "note": "Only the example of the page has it; the type follows from there."}
        schema = {**schema_of(_value_at(fact.value, missing)), "x-source": note}
        return [
            *self._field(subject, schema, f"{dotted(subject.field)} is in an example (line {fact.line})"),
            *self._example(fact, reason),
        ]

    # -- what a page no longer states -------------------------------------------------------------------------------

    def for_removal(self, fact: Fact, still: Collection[str]) -> list[Edit]:
        """The edits that remove a fact; none where other facts of the page support the value (`still`)."""
        if fact.subject.is_lost:
            return []
        candidates = self._comparison.candidates(fact.subject)
        same = [found for found in candidates if found.fact.kind == fact.kind]
        if not same:
            return []
        reason = f"{fact} is no longer on the page"
        statement = same[0]
        if fact.kind in EXISTENCE and any(found.node.pointer in still for found in same):
            return []
        match fact.kind:
            case "field":
                if self._is_in_example(fact.subject):
                    return []
                name = fact.subject.field[-1]
                edits = [
                    Edit("remove", (*_path(statement.owner), "properties", name), reason, old=statement.node.value)
                ]
                if name in statement.owner.mapping.get("required", []):
                    edits.insert(0, self._required(statement.owner, name, False, reason))
                return edits
            case "parameter":
                return self._remove_parameter(fact, statement, reason)
            case "operation" | "status" | "media-type" | "header" | "body":
                path = self._own_path(statement)
                return [Edit("remove", path, reason, old=statement.node.value)] if path else []
            case "required":
                return self._require(Fact(fact.subject, "required", False), reason) if fact.value is True else []
            case _ if fact.kind in KEYWORDS and canonical(statement.fact.value) == canonical(fact.value):
                return self._without(statement.owner, KEYWORDS[fact.kind], reason)
            case _:
                return []

    def _is_in_example(self, subject: Subject) -> bool:
        """Whether an example of the page still has a field."""
        return any(
            fact.kind == "example"
            and (fact.subject.operation, fact.subject.part) == (subject.operation, subject.part)
            and subject.field[: len(fact.subject.field)] == fact.subject.field
            and _value_at(fact.value, subject.field[len(fact.subject.field) :]) is not None
            for fact in self._facts
        )

    def _remove_parameter(self, fact: Fact, statement: Statement, reason: str) -> list[Edit]:
        operation = self._operation(fact.subject)
        parameters = operation.get("parameters") if operation is not None else None
        for index, element in enumerate(parameters.elements() if parameters is not None else ()):
            if parameters is not None and statement.node in (element, element.resolve()):
                return [Edit("remove", (*_path(parameters), str(index)), reason, old=element.value)]
        return []

    def _own_path(self, statement: Statement) -> tuple[str, ...]:
        """The key of an operation, response, media type, header or body, where the operation itself has it."""
        subject = statement.fact.subject
        operation = self._operation(subject)
        if operation is None:
            return ()
        words = subject.part.split(" ") if subject.part else []
        base = _path(operation)
        match words:
            case []:
                return base
            case ["body"]:
                return (*base, "requestBody")
            case ["response", status]:
                return (*base, "responses", status)
            case _:
                path = _path(statement.node)
                return path if path[: len(base)] == base else ()

    def _set(self, owner: Node, keys: tuple[str, ...], value: Any, reason: str) -> Edit:
        old: Any = owner.value
        for key in keys:
            old = old.get(key) if isinstance(old, dict) else None
        return Edit("set", (*_path(owner), *keys), reason, value, old)


_FORMATS: Final = {
    "int32": ("integer",),
    "int64": ("integer",),
    "float": ("number",),
    "double": ("number",),
    "date": ("string",),
    "date-time": ("string",),
    "uuid": ("string",),
    "email": ("string",),
    "uri": ("string",),
}
"""Format -> types that can have it."""


class _OtherFileError(Exception):
    """The value is in another file than the document; the message names it."""


def _path(node: Node) -> tuple[str, ...]:
    if node.file != node.document.root_file:
        raise _OtherFileError(f"edit {node.file}#{node.pointer} by hand, because it is another file")
    return split_pointer(node.pointer)


def _value_at(value: Any, path: Sequence[str]) -> Any:
    """The first value of an example at a field path."""
    for index, token in enumerate(path):
        if token == ITEM:
            return next((found for item in value if (found := _value_at(item, path[index + 1 :])) is not None), None)
        value = value.get(token) if isinstance(value, dict) else None
    return value
