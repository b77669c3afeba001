"""The parameters of an operation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from speclient.build.refusal import Refused
from speclient.build.schemas import SchemaBuilder
from speclient.build.type_refs import json_scalar
from speclient.document import Node
from speclient.ir import Anything, Json, NameHint, Parameter, Scalar, ScalarKind, TypeRef
from speclient.openapi.media import MediaKind
from speclient.openapi.operations import OperationEntry
from speclient.openapi.parameters import ParameterEntry, ParameterLocation, read_parameter
from speclient.openapi.tokens import TOKEN
from speclient.schema.annotations import unit_of


@dataclass(frozen=True, slots=True)
class ParameterBuilder:
    """Builds the parameters of an operation."""

    operation: OperationEntry
    schemas: SchemaBuilder

    def _degrade(self, node: Node, why: str) -> None:
        key = self.operation.key
        self.schemas.log.degraded_operation(key, node, f"{key}: {why}")

    def parameters(self) -> tuple[Parameter, ...]:
        """The path parameters in the order of the path, then the others.

        Raises:
            Refused: a header parameter has an invalid name.
            ReferenceProblem: a parameter is an unresolved reference.
        """
        by_name: dict[tuple[ParameterLocation, str], Parameter] = {}
        for element in self.operation.parameter_elements():
            node = element.resolve()
            if node != element and not isinstance(node.value, dict):
                key = self.operation.key
                why = f"{key}: the reference {element.text('$ref')!r} refers to something that is not a parameter"
                self.schemas.log.degraded_operation(key, element, why, code="SC013")
                continue
            parameter = self._parameter(node)
            if parameter is not None:
                by_name[(parameter.place, parameter.name)] = parameter
        others = [parameter for parameter in by_name.values() if parameter.place != "path"]
        in_path = {parameter.name: parameter for parameter in by_name.values() if parameter.place == "path"}
        return (*self._path_parameters(in_path), *others)

    def _path_parameters(self, parameters: dict[str, Parameter]) -> tuple[Parameter, ...]:
        """The parameters that occur in the path, in its order."""
        path, node = self.operation.path, self.operation.node
        names = list(dict.fromkeys(re.findall(r"\{([^{}]*)\}", path)))
        for name in names:
            if name not in parameters:
                self._degrade(node, f"no parameter describes {{{name}}} of the path; any text is accepted")
        for name in parameters:
            if name not in names:
                self._degrade(node, f"the path parameter {name!r} does not occur in {path!r}; it is ignored")
        text = Scalar(ScalarKind.STRING)
        return tuple(
            parameters.get(name) or Parameter(name, "path", True, "simple", False, False, text, node.location)
            for name in names
        )

    def _parameter(self, node: Node) -> Parameter | None:
        entry = read_parameter(node)
        if entry is None:
            name, location = node.text("name"), node.text("in")
            self._degrade(node, f"a parameter with name {name!r} in {location!r} cannot be sent; it is ignored")
            return None
        if entry.is_ignored:
            return None
        if entry.location in ("header", "cookie") and TOKEN.fullmatch(entry.name) is None:
            if entry.location == "header":
                raise Refused(f"{entry.name!r} is not a valid header name", node.location)
            self._degrade(node, f"{entry.name!r} is not a valid cookie name; it is ignored")
            return None
        if entry.unknown_style is not None:
            why = f"style {entry.unknown_style!r} does not exist for {entry.location} parameters; the default is taken"
            self._degrade(node, why)
        ref, content = self._type(entry)
        extension, schema = node.get("x-speclient"), node.get("schema")
        is_call_key = entry.location == "header" and entry.name.lower() == "idempotency-key" and _is_text(ref)
        return Parameter(
            name=entry.name, place=entry.location, required=entry.required and not is_call_key, style=entry.style,
            explode=entry.explode, allow_reserved=node.flag("allowReserved"), type=ref, origin=node.location,
            content=content, description=node.text("description") or (schema.text("description") if schema else None),
            deprecated=node.flag("deprecated"),
            default=json_scalar(schema.mapping.get("default") if schema is not None else None),
            example=_example(node, schema),
            argument=extension.text("name") if extension else None,
            unit=unit_of([schema]) if schema is not None else None,
            is_call_key=is_call_key,
        )  # fmt: skip

    def _type(self, entry: ParameterEntry) -> tuple[TypeRef, str | None]:
        """The type, and the media type of a value that is sent as JSON."""
        hint = NameHint((entry.name,), operation=self.operation.key)
        media = entry.media
        if media is not None and media.kind is not MediaKind.JSON:
            why = f"the parameter {entry.name!r} is sent as {media.name}, which the caller must pass as text"
            self._degrade(media.node, why)
            return Scalar(ScalarKind.STRING), None
        ref = self.schemas.type_of(entry.schema, hint) if entry.schema is not None else Anything()
        return ref, media.name if media is not None else None


def _is_text(ref: TypeRef) -> bool:
    return isinstance(ref, Scalar) and ref.kind is ScalarKind.STRING


def _example(node: Node, schema: Node | None) -> Json:
    """The first example in the order of the document."""
    for owner in (node, schema):
        if owner is None:
            continue
        if "example" in owner.mapping:
            return json_scalar(owner.mapping["example"])
        examples = owner.mapping.get("examples")
        if isinstance(examples, list) and examples:
            return json_scalar(examples[0])
        if isinstance(examples, dict):
            for entry in examples.values():
                if isinstance(entry, dict) and "value" in entry:
                    return json_scalar(entry["value"])
    return None
