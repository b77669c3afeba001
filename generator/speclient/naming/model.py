"""All names of a package, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from speclient.naming.name_lock import NameLock


@dataclass(frozen=True, slots=True)
class OperationNames:
    """The names of one operation: attribute of the client, class, method, arguments by (location, name)."""

    group: str
    group_class: str
    method: str
    arguments: dict[tuple[str, str], str]
    body: dict[str, str] = field(default_factory=dict[str, str])
    """Wire name of a property of the body -> argument; empty if the body is one argument."""
    wait: str | None = None
    """The method that waits for a terminal state."""
    stream: str | None = None
    """The method that reads the response item by item; `method` itself where the response has no other form."""


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a package."""

    distribution: str
    package: str
    client: str
    environment: str
    classes: dict[str, str]
    """Schema id -> class or alias."""
    fields: dict[str, dict[str, str]]
    """Schema id -> wire name -> attribute."""
    members: dict[str, tuple[str, ...]]
    """Schema id -> member names, in the order of the values."""
    operations: dict[str, OperationNames]
    """Operation key -> its names."""
    credentials: dict[str, dict[str, str]]
    """Security scheme -> part of the credential -> constructor argument."""
    server_variables: dict[str, str]
    """Server variable -> constructor argument."""
    webhooks: dict[str, str]
    """Key of a webhook -> function that parses it."""
    memory: NameLock = field(default_factory=NameLock)
    """Names that the next run keeps."""
