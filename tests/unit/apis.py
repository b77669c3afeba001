"""Small apis for the tests of stages: a document's text to what each stage makes of it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import yaml

from speclient.build import build_api
from speclient.diagnostics import Sink
from speclient.document import Document, load
from speclient.ir import Api, ObjectSchema, Property, Schema, TypeRef


@dataclass(frozen=True)
class Built:
    """A document, its ir, and what was said on the way."""

    document: Document
    api: Api
    sink: Sink

    @property
    def messages(self) -> list[str]:
        return [f"{found.code} {found.message}" for found in self.sink]

    @property
    def codes(self) -> set[str]:
        return {found.code for found in self.sink}

    def schema(self, name: str) -> Schema:
        """The schema of a component, or one at a place below it."""
        wanted = name if "#" in name else f"#/components/schemas/{name}"
        return next(made for made in self.api.schemas if made.id == wanted)

    def property(self, owner: str, name: str) -> Property:
        schema = self.schema(owner)
        assert isinstance(schema, ObjectSchema)
        return next(made for made in schema.properties if made.name == name)

    def type(self, name: str) -> TypeRef:
        """The type of the property `name` of the component `Thing`."""
        return self.property("Thing", name).type


def read(folder: Path, text: str, name: str = "openapi.yaml") -> tuple[Document, Sink]:
    """Write a document and load it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    sink = Sink()
    return load(path, sink), sink


def build(folder: Path, text: str) -> Built:
    """Build the ir of a document."""
    document, sink = read(folder, text)
    return Built(document, build_api(document, sink), sink)


def build_schemas(folder: Path, schemas: str, version: str = "3.1.0") -> Built:
    """Build the ir of a document with these components (YAML); `Thing` is what its one operation returns."""
    document = {
        "openapi": version,
        "info": {"title": "Test", "version": "1"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": {
            "/thing": {
                "get": {
                    "operationId": "getThing",
                    "responses": {
                        "200": {
                            "description": "It.",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                        }
                    },
                }
            }
        },
        "components": {"schemas": yaml.safe_load(textwrap.dedent(schemas))},
    }
    return build(folder, yaml.safe_dump(document, sort_keys=False))


def build_properties(folder: Path, properties: str, more: str = "", version: str = "3.1.0") -> Built:
    """Build the ir of a document whose `Thing` has these properties (YAML); `more` are other components."""
    thing = "Thing:\n  type: object\n  properties:\n" + textwrap.indent(textwrap.dedent(properties), "    ")
    return build_schemas(folder, thing + "\n" + textwrap.dedent(more), version)
