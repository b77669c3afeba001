"""The answers that a document promises: each operation, status, media type, and choice of schema.

Source: OpenAPI 3.1, "Responses Object" (`4XX`, `default`); docs/reference/x-speclient.md (`response-by`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import FailedHealthCheck, Unsatisfiable

from .jsontypes import Json, as_json, as_object, as_text, is_json_type
from .judge import Judge
from .mirror import Mirror, is_plain
from .operations import Operation, ParameterKey
from .profile import Profile
from .samples import complete
from .schemas import Bundler
from .source import Document


@dataclass(frozen=True)
class DocumentedResponse:
    """One documented answer. `status` is a real one even where the document gives a range.

    `chosen` holds the arguments that make a service choose this schema (`response-by`); `schema` is None
    for an answer without content, and for media types other than JSON.
    """

    operation: Operation
    key: str
    status: int
    media_type: str | None
    schema: Json = None
    has_schema: bool = False
    chosen: Mapping[ParameterKey, Json] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What findings and test ids call it: `200 application/json detail=true`."""
        choice = "".join(f" {key.name}={json.dumps(value, default=str)}" for key, value in self.chosen.items())
        status = self.key if self.key == str(self.status) else f"{self.key}({self.status})"
        return f"{status} {self.media_type or 'no-content'}{choice}"

    @property
    def is_success(self) -> bool:
        """Whether a call returns on this answer."""
        return 200 <= self.status < 300


@dataclass
class ResponseSpace:
    """The answers of one document with the values that fit them."""

    document: Document
    operations: tuple[Operation, ...]

    @cached_property
    def responses(self) -> tuple[DocumentedResponse, ...]:
        """Every documented answer of the operations."""
        return tuple(answer for operation in self.operations for answer in documented_responses(operation))

    @cached_property
    def _bundler(self) -> Bundler:
        return Bundler(self.document)

    @cached_property
    def _schemas(self) -> dict[str, Json]:
        return {self._key(each): self._bundler.schema(each.schema) for each in self.responses if each.has_schema}

    @cached_property
    def mirror(self) -> Mirror:
        """The mirror document of all JSON answers; its keys are those of `key`."""
        schemas = self._schemas
        return Mirror(schemas, self._bundler.components)

    def key(self, answer: DocumentedResponse) -> str:
        """The key of the answer in `mirror`."""
        return self._key(answer)

    def judge(self, answer: DocumentedResponse) -> Judge:
        """The judge of the answer's body."""
        return Judge(self._schemas[self._key(answer)], self._bundler.components)

    def example(self, answer: DocumentedResponse) -> Json:
        """A valid body, complete if possible.

        Raises:
            NoExampleError: none was found.
        """
        key = self._key(answer)
        if key not in self._examples:
            self._examples[key] = _example(self.judge(answer), self.mirror.valid(key))
        return self._examples[key]

    _examples: dict[str, Json] = field(default_factory=dict[str, Json])

    @staticmethod
    def _key(answer: DocumentedResponse) -> str:
        return f"{answer.operation.name} {answer.name}"


class NoExampleError(LookupError):
    """No valid body was found."""


def _example(judge: Judge, strategy: st.SearchStrategy[Json]) -> Json:
    samples = complete(judge, limit=3)
    if samples:
        return samples[0]
    found: list[Json] = []

    @Profile(examples=5, shrink=False).settings()
    @given(body=strategy)
    def run(body: Json) -> None:
        if is_plain(body) and judge.is_valid(body):
            found.append(body)

    try:
        run()
    except (Unsatisfiable, FailedHealthCheck):
        pass
    if not found:
        raise NoExampleError
    return found[-1]


def is_stream(media_type: str) -> bool:
    """Whether a body of this media type is a sequence of items; an empty one has none."""
    essence = media_type.partition(";")[0].strip().lower()
    return essence in ("text/event-stream", "application/json-seq") or essence.endswith(
        ("ndjson", "jsonl", "json-lines")
    )


def documented_responses(operation: Operation) -> Iterator[DocumentedResponse]:
    """Every answer that the operation documents, ranges and `default` by one sample status each."""
    for key, response in operation.responses.items():
        status = sample_status(key, operation.responses)
        if status is None:
            continue
        content = as_object(response.get("content"))
        if not content:
            yield DocumentedResponse(operation, key, status, None)
        for media_type, entry in content.items():
            if not is_json_type(media_type):
                yield DocumentedResponse(operation, key, status, media_type)
                continue
            sent = "application/json" if "*" in media_type else media_type
            yield from _choices(operation, key, status, sent, as_object(entry).get("schema", True))


def _choices(
    operation: Operation, key: str, status: int, media_type: str, schema: Json
) -> Iterator[DocumentedResponse]:
    choice = as_object(as_object(operation.raw.get("x-speclient")).get("response-by"))
    name = as_text(choice.get("parameter"))
    parameter = next((each for each in operation.parameters if each.key.name == name), None)
    if not 200 <= status < 300 or parameter is None:
        yield DocumentedResponse(operation, key, status, media_type, schema, has_schema=True)
        return
    default = operation.document.resolved(parameter.schema).get("default")
    for text, reference in as_object(choice.get("schemas")).items():
        value = as_json(json.loads(text))
        chosen: Json = {"$ref": reference} if isinstance(reference, str) else reference
        yield DocumentedResponse(
            operation, key, status, media_type, chosen, has_schema=True, chosen={parameter.key: value}
        )
        if value == default and type(value) is type(default):
            yield DocumentedResponse(operation, key, status, media_type, chosen, has_schema=True)


def sample_status(key: str, documented: Mapping[str, object]) -> int | None:
    """A status that this key of the Responses Object stands for; None for interim ones and for odd keys."""
    if key.isdigit() and len(key) == 3:
        return int(key) if int(key) >= 200 else None
    if key == "default":
        candidates: tuple[int, ...] = (500, 418, 400, 409, 599)
    elif len(key) == 3 and key[0] in "2345" and key[1:].upper() == "XX":
        first = int(key[0]) * 100
        candidates = (first + 22, first + 1, first, first + 9, first + 99)
    else:
        return None
    ranges = {status[0] for status in documented if status[1:].upper() == "XX"}
    free = (status for status in candidates if str(status) not in documented)
    return next((status for status in free if key != "default" or str(status)[0] not in ranges), None)


def undocumented_statuses(operation: Operation) -> tuple[int, ...]:
    """Statuses that no key of the operation covers."""
    documented = operation.responses
    if "default" in documented:
        return ()
    ranges = {status[0] for status in documented if status[1:].upper() == "XX"}
    candidates = (201, 204, 206, 299, 301, 302, 304, 307, 400, 402, 404, 409, 418, 451, 499, 500, 511, 599)
    return tuple(each for each in candidates if str(each) not in documented and str(each)[0] not in ranges)
