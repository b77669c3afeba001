"""What a call returns: the types of its successful responses, of its pages and of its stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from speclient.ir import (
    MediaType,
    Operation,
    Schema,
    TypeRef,
    elements_of,
    is_stream,
    preferred_media,
    success_media,
)
from speclient.render.annotations import Annotations, joined
from speclient.render.kinds import Annotation

_ANY_MEDIA = ("*/*", "application/*")
"""Media types that do not restrict the response."""


class Results:
    """The result types of one operation.

    Args:
        operation: the operation.
        schemas: all schemas, by id.
        annotations: writes the types.
        has_stream_twin: whether a second method reads the streamed media types.
    """

    def __init__(
        self,
        operation: Operation,
        schemas: Mapping[str, Schema],
        annotations: Annotations,
        *,
        has_stream_twin: bool,
    ) -> None:
        self._operation = operation
        self._schemas = schemas
        self._annotations = annotations
        self._has_stream_twin = has_stream_twin

    def returned(self) -> Annotation:
        """The type of the result of one request."""
        chosen = self._operation.response_by
        if chosen is not None:
            return Annotation(" | ".join(dict.fromkeys(self._annotations.result(ref) for _, ref in chosen.cases)))
        return self._of_responses(preferred_media(media) for media in self._media())

    def acceptable(self) -> dict[str, Annotation]:
        """Media type -> type of the result, for each media type that a caller can ask for.

        It is empty where one media type is documented, and for pages and streams.
        """
        operation = self._operation
        names = dict.fromkeys(item.name for media in self._media() for item in media if item.name not in _ANY_MEDIA)
        if len(names) < 2 or operation.response_by is not None or operation.pagination is not None:
            return {}
        if any(is_stream(item) for media in self._media() for item in media):
            return {}
        return {
            name: self._of_responses(
                tuple(item for item in media if item.name == name) or preferred_media(media) for media in self._media()
            )
            for name in names
        }

    def preferred(self) -> list[str]:
        """The media types that a call asks for by default."""
        return list(dict.fromkeys(item.name for media in self._media() for item in preferred_media(media)))

    def _media(self) -> list[tuple[MediaType, ...]]:
        """The media types of each successful response, without those of the second method."""
        return [
            tuple(item for item in media if not (self._has_stream_twin and is_stream(item)))
            for media in success_media(self._operation)
            if not media or not self._has_stream_twin or not all(map(is_stream, media))
        ]

    def _of_responses(self, responses: Iterable[Iterable[MediaType]]) -> Annotation:
        """The type of a result that is one of several responses; a response without a media type is None."""
        parts: dict[str, None] = {}
        for media in responses:
            types = [self._of_media(item) for item in media]
            parts.update(dict.fromkeys(types or ["None"]))
        if "Any" in parts:
            return Annotation("Any")
        ordered = [part for part in parts if part != "None"] + (["None"] if "None" in parts else [])
        return Annotation(" | ".join(ordered) or "None")

    def page_types(self) -> list[TypeRef]:
        """The types of a JSON body of a successful response."""
        chosen = self._operation.response_by
        if chosen is not None:
            return [ref for _, ref in chosen.cases]
        return [item.type for media in success_media(self._operation) for item in media if item.kind == "json"]

    def elements(self, pages: Iterable[TypeRef]) -> Annotation | None:
        """The type of an element of a page; None for an operation without pagination."""
        pagination = self._operation.pagination
        if pagination is None:
            return None
        elements = [
            self._annotations.result(element)
            for page in pages
            for element in elements_of(page, pagination.items, self._schemas)
        ]
        return Annotation(joined(elements) if elements else "Any")

    def streamed(self) -> Annotation:
        """The type of an item of a stream."""
        return Annotation(
            joined(
                self._streamed_item(media)
                for response in success_media(self._operation)
                for media in response
                if is_stream(media)
            )
        )

    def one(self, ref: TypeRef) -> Annotation:
        """The type of a result that has one shape."""
        return Annotation(self._annotations.result(ref))

    def _streamed_item(self, media: MediaType) -> str:
        item = self._annotations.result(media.type)
        return f"Event[{item}]" if media.kind == "sse" else item

    def _of_media(self, media: MediaType) -> str:
        if media.kind == "text":
            return "str"
        if is_stream(media):
            return f"list[{self._streamed_item(media)}]"
        return self._annotations.result(media.type) if media.kind == "json" else "bytes"
