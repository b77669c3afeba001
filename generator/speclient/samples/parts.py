"""Parts of a value according to its schema: secrets and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from speclient.schema import marks
from speclient.values.exemplary import SECRET


class Parts:
    """Reads the definitions of a schema table."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions

    def examples(self, name: str) -> list[Any]:
        """The examples of a definition as a whole."""
        return [
            value
            for schema in self._same_value([{"$ref": f"#/$defs/{name}"}], branches=False)
            for value in schema.get("examples", ())
        ]

    def without_secrets(self, name: str, value: Any) -> Any:
        """The value with secrets replaced by dots."""
        return self._hidden([{"$ref": f"#/$defs/{name}"}], value)

    def with_files(self, name: str, value: dict[str, Any], content: bytes) -> dict[str, Any]:
        """The properties of a form, with bytes for files.

        Args:
            name: the definition of the form.
            value: the form.
            content: the content of each file.
        """
        schemas = list(self._same_value([{"$ref": f"#/$defs/{name}"}]))
        form: dict[str, Any] = {}
        for key, item in value.items():
            inner = [schema["properties"][key] for schema in schemas if key in schema.get("properties", {})]
            elements = [each["items"] for each in self._same_value(inner) if "items" in each]
            if self._is_file(inner):
                form[key] = content
            elif isinstance(item, list) and self._is_file(elements):
                form[key] = [content for _ in item]
            else:
                form[key] = item
        return form

    def _is_file(self, schemas: list[Any]) -> bool:
        return any(schema.get("format") == "binary" for schema in self._same_value(schemas))

    def _hidden(self, schemas: list[Any], value: Any) -> Any:
        if not schemas or value is None or isinstance(value, (bool, int, float)):
            return value
        flat = list(self._same_value(schemas))
        if any(schema.get(marks.SECRET) for schema in flat):
            return _dots(value)
        if isinstance(value, list):
            items = [schema["items"] for schema in flat if "items" in schema]
            return [self._hidden(items, item) for item in value]
        if isinstance(value, dict):
            return {key: self._hidden(_members(flat, key), item) for key, item in value.items()}
        return value

    def _same_value(self, schemas: list[Any], *, branches: bool = True) -> Iterator[dict[str, Any]]:
        """The schemas and all that may apply to the same value."""
        todo, seen = list(reversed(schemas)), set[int]()
        while todo:
            schema = todo.pop()
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            yield schema
            reference = schema.get("$ref")
            if isinstance(reference, str):
                todo.append(self._definitions[reference.removeprefix("#/$defs/")])
            for key in ("allOf", "anyOf", "oneOf") if branches else ("allOf",):
                todo.extend(reversed(schema.get(key, ())))
            if branches:
                todo.extend(schema[key] for key in ("then", "else") if key in schema)


def _members(flat: list[dict[str, Any]], key: str) -> list[Any]:
    members: list[Any] = []
    for schema in flat:
        properties = schema.get("properties", {})
        if key in properties:
            members.append(properties[key])
        elif "additionalProperties" in schema:
            members.append(schema["additionalProperties"])
        members.extend(schema.get("patternProperties", {}).values())
    return members


def _dots(value: Any) -> Any:
    """Replace every string of a secret by dots."""
    if isinstance(value, dict):
        return {key: _dots(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dots(item) for item in value]
    return SECRET if isinstance(value, str) else value
