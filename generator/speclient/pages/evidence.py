"""What a document states without evidence: values that no fact supports and no `x-source` explains."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from speclient.document import Node
from speclient.document.node import escape_pointer, split_pointer
from speclient.pages.compare import Comparison, Judgement, Verdict
from speclient.pages.facts import EXISTENCE, Fact, Subject
from speclient.pages.sources import Explanations
from speclient.pages.statements import Statement

OWN_WORDS: Final = frozenset({
    "summary", "description", "operationId", "tags", "externalDocs", "$ref", "x-speclient", "x-source", "title",
})  # fmt: skip
"""Properties that a page does not have to state: texts, names and notes of the author of the document."""

STRUCTURE: Final = frozenset({"additionalProperties", "discriminator"})
"""Properties that restrict nothing: further properties are allowed anyway, and variants have a name for their tag."""

_IMPLYING: Final = frozenset({"enum", "const", "properties", "items"})
"""Keywords next to which `type` states nothing new."""

_NAMED: Final = frozenset({"properties", "schemas", "responses", "parameters", "headers", "examples", "content"})
"""Objects whose keys are names: a property called `description` is not a description."""


class Evidence:
    """The values of a document that facts support.

    Args:
        comparison: of the document with the pages.
        judgements: the verdicts on the facts of all pages of the document.
        expected: values that hand-written facts support, with all that they contain.
        named: values that hand-written facts support, without what they contain.
    """

    def __init__(
        self,
        comparison: Comparison,
        judgements: Iterable[Judgement],
        expected: Iterable[Node],
        named: Iterable[Node] = (),
    ) -> None:
        self._document = comparison.document
        self._comparison = comparison
        self._explanations = Explanations(comparison.document)
        self._whole: set[str] = {node.pointer for node in expected}
        self._named = {node.pointer for node in named}
        self._required: dict[str, set[str]] = {}
        for judgement in judgements:
            if judgement.verdict not in (Verdict.HELD, Verdict.EXPLAINED):
                continue
            fact = judgement.fact
            self._named |= {node.pointer for node in self._containers(fact)}
            for node in judgement.evidence:
                if fact.kind == "required" and fact.subject.field:
                    self._required.setdefault(node.pointer, set()).add(fact.subject.field[-1])
                elif fact.kind in EXISTENCE:
                    self._named.add(node.pointer)
                if fact.kind in ("parameter", "header"):
                    self._whole |= {f"{node.pointer}/name", f"{node.pointer}/in"}
                # A parameter without `required` is optional: the statement is the parameter itself.
                elif fact.kind not in EXISTENCE and (fact.kind != "required" or node.last == "required"):
                    self._whole.add(node.pointer)
            if fact.kind == "authentication" and judgement.node is not None:
                self._whole |= {f"{judgement.node.pointer}/{key}" for key in ("type", "scheme", "in", "name")}

    def _containers(self, fact: Fact) -> Iterator[Node]:
        """The body or response that a fact is about, and its only media type: the page need not name them."""
        words = fact.subject.part.split(" ")
        if words[0] not in ("body", "response") or fact.subject.is_lost:
            return
        outer = Subject(fact.subject.operation, " ".join(words[: 1 if words[0] == "body" else 2]))
        statements = [
            statement
            for subject in self._comparison.subjects(outer)
            for statement in self._comparison.candidates(subject)
            if statement.fact.kind in ("body", "status", "media-type")
        ]
        media_types = {statement.fact.value for statement in statements if statement.fact.kind == "media-type"}
        has_content = bool(fact.subject.field) or fact.kind in ("example", "type")
        for statement in statements:
            if statement.fact.kind != "media-type" or (has_content and len(media_types) == 1):
                yield statement.node

    def unsupported(self, operations: Collection[str]) -> Iterator[Node]:
        """Yield the values without evidence in operations and in what they use.

        A value is a scalar or a list of scalars.
        """
        for node in self._values(operations):
            if not self._supports(node):
                yield node
        seen: set[str] = set()
        for statement in self._existing(operations):
            node = statement.node
            if node.pointer not in seen and not self._exists(node):
                seen.add(node.pointer)
                yield node

    def _existing(self, operations: Collection[str]) -> Iterator[Statement]:
        """The parameters, bodies, responses, media types and headers. A field has a type, which is a value."""
        for statement in self._comparison.statements:
            fact = statement.fact
            if fact.subject.operation in operations and fact.kind in EXISTENCE and fact.kind != "field":
                yield statement

    def _exists(self, node: Node) -> bool:
        if node.pointer in self._named or any(node.pointer.startswith(place) for place in self._whole):
            return True
        return bool(self._explanations.marks(node))

    def count(self, operations: Collection[str]) -> int:
        """The number of values that need evidence."""
        existing = {statement.node.pointer for statement in self._existing(operations)}
        return len(existing) + sum(1 for _ in self._values(operations))

    def _values(self, operations: Collection[str]) -> Iterator[Node]:
        used = self._used(operations)
        for node in _leaves(self._document.root):
            pointer = node.pointer
            if any(pointer == place or pointer.startswith(f"{place}/") for place in used(pointer)):
                yield node

    def _used(self, operations: Collection[str]) -> Callable[[str], Collection[str]]:
        """A function that gives, for a pointer, the used places that may contain it."""
        places: dict[tuple[str, ...], set[str]] = {}
        for statement in self._comparison.statements:
            subject = statement.fact.subject
            if subject.operation not in operations or statement.node.file != self._document.root_file:
                continue
            for node in (statement.node, statement.owner):
                place = _component(node.pointer)
                places.setdefault(split_pointer(place)[:2], set()).add(place)

        def used(pointer: str) -> Collection[str]:
            return places.get(split_pointer(pointer)[:2], ())

        return used

    def _supports(self, node: Node) -> bool:
        tokens = split_pointer(node.pointer)
        pointers = ["".join(f"/{escape_pointer(token)}" for token in tokens[:end]) for end in range(len(tokens) + 1)]
        if any(pointer in self._whole for pointer in pointers):
            return True
        if isinstance(node.value, list) and node.value:
            elements = (f"{node.pointer}/{index}" for index in range(len(node.value)))
            if all(element in self._whole for element in elements):
                return True
        named = self._required.get(node.pointer)
        return named is not None and isinstance(node.value, list) and set(map(str, node.value)) <= named


def _component(pointer: str) -> str:
    """The operation, component or server that contains a value; else the value itself."""
    tokens = split_pointer(pointer)
    length = {"components": 3, "paths": 3, "servers": 2}.get(tokens[0] if tokens else "", len(tokens))
    return "".join(f"/{escape_pointer(token)}" for token in tokens[:length])


def _leaves(node: Node, names: bool = False) -> Iterator[Node]:
    """The scalars (and lists of scalars) that neither `x-source` marks nor the author words freely."""
    if isinstance(node.value, dict):
        mark = node.value.get("x-source")
        marked = mark.get("properties", list(node.value)) if isinstance(mark, dict) else ()
        for key, inner in node.items():
            own = not names and key in OWN_WORDS | STRUCTURE
            implied = not names and key == "type" and not _IMPLYING.isdisjoint(node.value)
            if not (own or implied or key in marked or (not names and key.startswith("x-"))):
                yield from _leaves(inner, not names and key in _NAMED)
    elif isinstance(node.value, list) and any(isinstance(item, (dict, list)) for item in node.value):
        for item in node.elements():
            yield from _leaves(item)
    else:
        yield node
