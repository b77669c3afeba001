"""Parameter Objects: location, style and the schema of the value, with their defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from speclient.document import Node
from speclient.openapi.media import MediaEntry, read_content

ParameterLocation: TypeAlias = Literal["path", "query", "header", "cookie"]
ParameterStyle: TypeAlias = Literal[
    "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject"
]

_LOCATIONS: Mapping[str, ParameterLocation] = {location: location for location in get_args(ParameterLocation)}
STYLES: Mapping[str, ParameterStyle] = {style: style for style in get_args(ParameterStyle)}
QUERY_STYLES: tuple[ParameterStyle, ...] = ("form", "spaceDelimited", "pipeDelimited", "deepObject")
_STYLES: Mapping[ParameterLocation, tuple[ParameterStyle, ...]] = {
    "path": ("simple", "label", "matrix"),
    "query": QUERY_STYLES,
    "header": ("simple",),
    "cookie": ("form",),
}
"""The styles of each location, the default first."""
# OpenAPI 3, Parameter Object: header parameters with these names are ignored; other parts of the document define them.
_IGNORED_HEADERS = ("accept", "content-type", "authorization")


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """A parameter with its defaults filled in; `media` is the media type of a parameter with `content`."""

    node: Node
    name: str
    location: ParameterLocation
    style: ParameterStyle
    explode: bool
    required: bool
    media: MediaEntry | None

    @property
    def schema(self) -> Node | None:
        """The schema of the value."""
        return self.media.schema if self.media is not None else self.node.get("schema")

    @property
    def unknown_style(self) -> str | None:
        """The style in the document if it does not exist for the location; the default is used."""
        stated = self.node.text("style")
        return stated if stated and stated != self.style else None

    @property
    def is_ignored(self) -> bool:
        """Whether it is a header that other parts of the document define."""
        return self.location == "header" and self.name.lower() in _IGNORED_HEADERS


def read_parameter(node: Node) -> ParameterEntry | None:
    """A parameter, or None if it cannot be sent: it has no name, or no location that exists."""
    name = node.text("name")
    location = _LOCATIONS.get(node.text("in") or "")
    if name is None or location is None or (location == "header" and not name):
        return None
    styles = _STYLES[location]
    stated = STYLES.get(node.text("style") or "")
    style = stated if stated in styles else styles[0]
    explode = node.mapping.get("explode")
    return ParameterEntry(
        node=node,
        name=name,
        location=location,
        style=style,
        explode=explode if isinstance(explode, bool) else style == "form",
        required=location == "path" or node.flag("required"),
        media=next(iter(read_content(node.get("content")).media), None),
    )
