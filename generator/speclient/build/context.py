"""What the modules that build types share: the builder's interface and the site of a type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from speclient.build.limitations import LimitationLog
from speclient.document import Node
from speclient.ir import Named, NameHint, Schema, TypeRef
from speclient.schema.variants import Hierarchies


@dataclass(frozen=True, slots=True)
class Site:
    """Where a type is needed.

    Attributes:
        id: the id of a named schema, if the type needs one.
        hint: the input for the name of that schema.
        node: the schema in the document, for its location and for diagnostics.
    """

    id: str
    hint: NameHint
    node: Node

    @property
    def is_own_schema(self) -> bool:
        """Whether the named schema is the node itself, so that the node's base and variants apply to it."""
        return self.id == self.node.id


class TypeBuilder(Protocol):
    """Builds types of schemas; `schemas` fills as types refer to named schemas."""

    log: LimitationLog
    hierarchies: Hierarchies
    schemas: dict[str, Schema | None]
    """Named schemas by id; None while a schema is being built."""
    inherited_properties: int
    """The number of properties that `allOf` copied into other schemas."""

    def named(self, target: Node) -> TypeRef:
        """Refer to a schema that a `$ref` names."""
        ...

    def component(self, target: Node) -> Named:
        """Refer to a schema as written, without the schemas that extend it."""
        ...

    def type_of(self, node: Node, hint: NameHint) -> TypeRef:
        """The type of the schema at a node."""
        ...

    def type_of_all(self, nodes: Sequence[Node], id_: str, hint: NameHint) -> TypeRef:
        """The type of a value that satisfies all the schemas.

        Args:
            nodes: the schemas, at least one.
            id_: the id of a named schema, if the type needs one.
            hint: the input for its name.
        """
        ...

    def type_of_atoms(self, atoms: Sequence[Node], site: Site, *, extensible: bool = True) -> TypeRef:
        """The type of a value that satisfies all the schema objects without `$ref`.

        Args:
            atoms: the schema objects.
            site: the schema that they belong to.
            extensible: whether a hierarchy that the schema extends becomes the union of its extended
                variants.
        """
        ...
