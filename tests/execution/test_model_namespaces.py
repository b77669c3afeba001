"""Names outside a models module never change what its annotations mean."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conftest import GENERATED, Made

Make = Callable[[Any], Made]

SPEC = """
openapi: 3.1.0
info: {title: Garage, version: "1"}
servers: [{url: https://api.example.com}]
paths:
  /cars/{id}:
    get:
      operationId: getCar
      tags: [cars]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Car'}}}}
components:
  schemas:
    Car:
      type: object
      required: [engine]
      properties:
        engine: {$ref: '#/components/schemas/Engine'}
        spares: {type: array, items: {$ref: '#/components/schemas/Engine'}}
        note: {$ref: '#/components/schemas/Note'}
        base: {$ref: '#/components/schemas/BaseModel'}
        size: {$ref: '#/components/schemas/Size'}
      additionalProperties: {$ref: '#/components/schemas/Engine'}
    Engine:
      type: object
      required: [power]
      properties: {power: {type: integer}, car: {$ref: '#/components/schemas/Car'}}
    Note:
      anyOf:
        - {type: string}
        - {type: array, items: {$ref: '#/components/schemas/Note'}}
    BaseModel: {type: object, properties: {name: {type: string}}}
    Size: {type: string, enum: [small, large]}
"""

TEXT = (
    '{"engine": {"power": 1, "car": {"engine": {"power": 2}}}, "spares": [{"power": 3}], "note": ["a", ["b"]],'
    ' "base": {"name": "n"}, "size": "small", "more": {"power": 4}}'
)

# Each snippet ends with a value `car`. The prelude defines classes with the names of the package's own.
PRELUDE = """
from __future__ import annotations
import json, sys
from typing import Optional
import pydantic
from pydantic import BaseModel, TypeAdapter, create_model
import garage_client
from garage_client import models

class Engine(BaseModel): pass
class Size(BaseModel): pass
class Note(BaseModel): pass
class Car(BaseModel): pass
TEXT = sys.argv[1]
"""
USES = {
    "validate_json": "car = models.Car.model_validate_json(TEXT)",
    "validate": "car = models.Car.model_validate(json.loads(TEXT))",
    "construct": "car = models.Car(**json.loads(TEXT))",
    "rebuild": "models.Car.model_rebuild(force=True)\ncar = models.Car.model_validate_json(TEXT)",
    "rebuild_twice": (
        "models.Car.model_rebuild()\nmodels.Car.model_rebuild(force=True)\ncar = models.Car.model_validate_json(TEXT)"
    ),
    "adapter": "car = TypeAdapter(models.Car).validate_json(TEXT)",
    "adapter_of_list": "car, = TypeAdapter(list[models.Car]).validate_json(f'[{TEXT}]')",
    "json_schema": "models.Car.model_json_schema()\ncar = models.Car.model_validate_json(TEXT)",
    "subclass": "class Mine(models.Car):\n    pass\ncar = Mine.model_validate_json(TEXT)",
    "subclass_with_fields": (
        "class Mine(models.Car):\n    extra_engine: Optional[Engine] = None\n"
        "car = Mine.model_validate_json(TEXT)\n"
        "assert isinstance(Mine(engine={'power': 1}, extra_engine={}).extra_engine, Engine)"
    ),
    "subclass_of_two": "class Mine(models.Car, BaseModel):\n    pass\ncar = Mine.model_validate_json(TEXT)",
    "nested": (
        "class Outer(BaseModel):\n    car: models.Car\ncar = Outer.model_validate_json(f'{{\"car\": {TEXT}}}').car"
    ),
    "nested_in_a_namesake": (
        "class Engine(BaseModel):\n    car: models.Car\ncar = Engine.model_validate_json(f'{{\"car\": {TEXT}}}').car"
    ),
    "create_model": (
        "car = create_model('Engine', car=(models.Car, ...)).model_validate_json(f'{{\"car\": {TEXT}}}').car"
    ),
    "dump_first": "models.Car.model_construct(engine=None).model_dump()\ncar = models.Car.model_validate_json(TEXT)",
    "client": (
        "import httpx2\nreply = httpx2.Response(200, content=TEXT, headers={'content-type': 'application/json'})\n"
        "client = garage_client.Garage(transport=httpx2.MockTransport(lambda _: reply))\ncar = client.cars.get_car('1')"
    ),
}
CHECK = """
inner = sys.modules["garage_client.models"]
assert type(car.engine) is inner.Engine, type(car.engine)
assert type(car.engine.car.engine) is inner.Engine
assert type(car.spares[0]) is inner.Engine
assert type(car.base) is inner.BaseModel
assert type(car.size) is inner.Size
assert type(car.more) is inner.Engine, type(car.more)
assert car.note == ["a", ["b"]]
assert json.loads(models.Car.to_json(car)) == json.loads(TEXT)
"""


def run(code: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code, TEXT],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("place", ["module", "function"])
def test_a_class_of_the_caller_is_never_used(make: Make, use: str, place: str) -> None:
    folder = make(SPEC).folder
    lines = "class Size: pass\nclass Note: pass\nclass Engine(BaseModel): pass\nclass Car: pass\nCar, Note\n" + use
    body = use if place == "module" else f"def main():\n{textwrap.indent(lines, '    ')}\n    return car\ncar = main()"
    run(PRELUDE + body + CHECK, folder)


def test_annotations_are_classes(make: Make) -> None:
    made = make(SPEC)
    models = made.module.models
    assert models.Car.model_fields["engine"].annotation is models.Engine
    assert models.Car.__annotations__["engine"] is models.Engine
    assert models.Engine.model_fields["car"].is_required() is False


def test_in_the_committed_packages() -> None:
    code = """
from pydantic import BaseModel
class QueryDetails(BaseModel): pass
from cortex_client import models
def main():
    class QueryDetails(BaseModel): pass
    names = [name for name in dir(models) if isinstance(getattr(models, name), type)]
    made = [type(name, (BaseModel,), {}) for name in names]
    locals().update(zip(names, made))
    for name in names:
        model = getattr(models, name)
        if issubclass(model, BaseModel):
            model.model_rebuild(force=True)
            for field in model.model_fields.values():
                assert field.annotation not in made
            assert not set(made) & set(collect(model.__pydantic_core_schema__))
def collect(schema):
    if isinstance(schema, dict):
        if "cls" in schema:
            yield schema["cls"]
        for part in schema.values():
            yield from collect(part)
    elif isinstance(schema, (list, tuple)):
        for part in schema:
            yield from collect(part)
main()
"""
    run(code, GENERATED / "cortex-client")


def test_an_httpx2_transport_is_enough(make: Make) -> None:
    made = make(SPEC)
    reply = httpx2.Response(200, content=TEXT, headers={"content-type": "application/json"})
    assert made.client(lambda _: reply).cars.get_car("1").engine.power == 1
