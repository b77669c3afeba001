"""Properties of every model of a package, on values made from its JSON Schema.

    python round_trips.py FOLDER PACKAGE

Validating JSON text equals validating the data that `json.loads` makes of it; what a dump gives validates again, also
as part of another type; a model built by keyword from its own fields gives each value under its own wire name.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Iterator
from random import Random
from typing import Any

import pydantic

TEXTS = [
    "text",
    "",
    "2024-05-01T12:00:00Z",
    "2024-05-01",
    "6f1c0b4e-4e5f-4d7c-9f0e-0d9a3b1c2d3e",
    'é\u2028"',
    "12:00:00Z",
]
NUMBERS: list[float] = [400, 400.0, 1.5, -3, 0, 1, 2**53 + 1, 1e300]
ANY: list[Any] = [None, True, 1, 1.5, "text", [], [1, {"a": None}], {}, {"id": 1, "x": [1.0]}]


class Values:
    """Random values of a JSON Schema as pydantic writes it; not all are valid."""

    def __init__(self, schema: Any, random: Random) -> None:
        self.definitions = schema.get("$defs", {})
        self.random = random

    def value(self, schema: Any, depth: int = 0) -> Any:
        """A value."""
        if not isinstance(schema, dict):
            return self.random.choice(ANY)
        if "$ref" in schema:
            return self.value(self.definitions[schema["$ref"].rpartition("/")[2]], depth + 1)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                return self.value(self.random.choice(schema[keyword]), depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        return self.plain(schema, depth)

    def plain(self, schema: Any, depth: int) -> Any:
        """A value of a type."""
        random = self.random
        match schema.get("type"):
            case "object":
                return dict(self.members(schema, depth))
            case "array" if "prefixItems" in schema:
                return [self.value(item, depth + 1) for item in schema["prefixItems"]]
            case "array":
                low = schema.get("minItems", 0)
                count = low if depth > 4 else random.randint(low, max(low, min(schema.get("maxItems", 3), 3)))
                return [self.value(schema.get("items"), depth + 1) for _ in range(count)]
            case "string" if "pattern" in schema or "format" in schema:
                return random.choice(TEXTS[2:5])
            case "string":
                return random.choice(TEXTS).ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 99)]
            case "integer":
                return min(max(random.choice([0, 1, 7, 2**40]), schema.get("minimum", 0)), schema.get("maximum", 2**40))
            case "number":
                return min(max(random.choice(NUMBERS), schema.get("minimum", -3)), schema.get("maximum", 1e300))
            case "boolean":
                return random.random() < 0.5
            case "null":
                return None
            case _:
                return random.choice(ANY)

    def members(self, schema: Any, depth: int) -> Iterator[tuple[str, Any]]:
        """The members of an object."""
        for name, member in schema.get("properties", {}).items():
            if name in schema.get("required", ()) or (depth < 4 and self.random.random() < 0.6):
                yield name, self.value(member, depth + 1)
        extra = schema.get("additionalProperties", True)
        if extra is not False and extra != {"not": {}} and depth < 4:
            yield "unlisted_name", self.value(extra if isinstance(extra, dict) else None, depth + 1)


def list_of(model: Any) -> Any:
    """The type of lists of a model."""
    return list[model]


def check(model: Any, text: str) -> None:
    """The properties, for one JSON text. Raises `AssertionError`."""
    data = json.loads(text)
    value = model.model_validate_json(text)
    same = model.model_validate(data)
    assert same == value, "model_validate(json.loads(text)) differs from model_validate_json(text)"
    assert same.to_json() == value.to_json()
    # Nothing is lost: dates and times are compared as text, for all have the usual spelling.
    assert json.loads(value.to_json()) == data == value.to_dict(), f"dumped as {value.to_json()}"
    many: Any = pydantic.TypeAdapter(list_of(model))
    for mode in ("python", "json"):
        dumped = value.model_dump(mode=mode)
        assert model.model_validate(dumped) == value, f"model_dump(mode={mode!r}) does not validate again"
        assert many.validate_python(many.dump_python([value], mode=mode)) == [value]
    assert json.loads(value.model_dump_json()) == data
    assert model.model_validate_json(value.model_dump_json()) == value
    assert many.validate_json(many.dump_json([value])) == [value]
    names = {name: getattr(value, name) for name in model.model_fields if name in value.model_fields_set}
    built = model(**names, **(value.model_extra or {}))
    # The constructor fills in fixed values, such as the tag of a variant.
    fixed = {model.model_fields[name].alias or name: value for name, value in getattr(model, "_fixed", {}).items()}
    assert built.to_dict() == {**fixed, **data}, f"built by keyword: {built.to_dict()}"


def separate_names(model: Any) -> None:
    """No Python name of a field is the wire name of another."""
    wire = {name if field.alias is None else field.alias: name for name, field in model.model_fields.items()}
    for name in model.model_fields:
        assert wire.get(name, name) == name, f"{name!r} is the wire name of {wire[name]!r}"


def main(folder: str, package: str) -> int:
    """Give 0 when all properties hold."""
    sys.path.insert(0, folder)
    models = importlib.import_module(package).models
    warnings.simplefilter("ignore", UserWarning)
    checked = rejected = failed = 0
    for name in dir(models):
        model = getattr(models, name)
        if not (isinstance(model, type) and issubclass(model, pydantic.BaseModel)):
            continue
        schema = model.model_json_schema()
        values = Values(schema, Random(name))
        text = "{}"
        try:
            separate_names(model)
            for _ in range(6):
                text = json.dumps(values.value(schema), ensure_ascii=False)
                try:
                    model.model_validate_json(text)
                except pydantic.ValidationError:
                    rejected += 1
                    continue
                check(model, text)
                checked += 1
        except Exception as problem:
            failed += 1
            if failed < 10:
                print(f"{name}: {type(problem).__name__}: {problem}\n  {text[:600]}"[:1500])
    print(f"{package}: {checked} values of {len(dir(models))} models, {rejected} rejected")
    return 1 if failed or rejected > 2 * checked + 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
