"""Properties with one possible value, such as the tag of a variant: constructors fill them in."""

# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from conftest import Made
from tests_support import answer, recorder

Make = Callable[[Any], Made]

SPEC = """
openapi: 3.1.0
info: {title: Zoo, version: "1"}
servers: [{url: https://api.example.com}]
security: []
paths:
  /pets:
    get:
      operationId: listPets
      tags: [pets]
      responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}}
    post:
      operationId: addPet
      tags: [pets]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: done}}
  /shapes:
    post:
      operationId: addShape
      tags: [pets]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Shape'}}}}
      responses: {'200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Shape'}}}}}
  /hooks:
    post:
      operationId: addHook
      tags: [pets]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Hook'}}}}
      responses: {'204': {description: done}}
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Fish'}, {$ref: '#/components/schemas/Bird'}]
      discriminator: {propertyName: typeName, mapping: {dog: '#/components/schemas/Dog', cat: '#/components/schemas/Cat', trout: '#/components/schemas/Fish', eel: '#/components/schemas/Fish'}}
    Dog: {type: object, required: [typeName, breed], properties: {typeName: {type: string}, breed: {type: string}}}
    Cat: {type: object, properties: {typeName: {$ref: '#/components/schemas/Kind'}, lives: {type: integer}}}
    Fish: {type: object, required: [typeName], properties: {typeName: {type: string}}}
    Bird: {type: object, required: [typeName], properties: {typeName: {enum: [bird]}, wings: {type: integer}}}
    Kind: {type: string, enum: [dog, cat]}
    Shape:
      type: object
      required: [kind, area]
      properties: {kind: {type: string}, area: {type: number}}
      discriminator: {propertyName: kind, mapping: {round: '#/components/schemas/Circle', sq: Square, big: '#/components/schemas/BigSquare'}}
    Circle: {allOf: [{$ref: '#/components/schemas/Shape'}, {type: object, required: [radius], properties: {radius: {type: number}}}]}
    Square: {allOf: [{$ref: '#/components/schemas/Shape'}, {type: object, properties: {side: {type: number}}}]}
    BigSquare: {allOf: [{$ref: '#/components/schemas/Square'}, {type: object, properties: {kind: {type: string}, extra: {type: string}}}]}
    Hook:
      type: object
      required: [object, version]
      properties: {object: {const: hook}, version: {const: 2}, mode: {const: fast}, name: {type: string}}
"""


def test_the_tag_of_a_variant_is_filled_in(make: Make) -> None:
    made = make(SPEC)
    models = made.module.models
    assert models.Dog(breed="pug").to_dict() == {"typeName": "dog", "breed": "pug"}
    assert models.Cat(lives=3).to_dict() == {"typeName": "cat", "lives": 3}
    assert models.Cat().type_name is models.Kind.CAT
    assert models.Bird(wings=2).to_dict() == {"typeName": "bird", "wings": 2}
    assert models.Circle(area=1, radius=2).to_dict() == {"kind": "round", "area": 1, "radius": 2}
    assert models.Square(area=1, side=2).kind == "sq"


def test_the_tag_is_sent(make: Make) -> None:
    made = make(SPEC)
    service = recorder(httpx2.Response(204))
    made.client(service).pets.add_pet(body=made.module.models.Dog(breed="pug"))
    assert json.loads(service.request.content) == {"typeName": "dog", "breed": "pug"}


def test_a_tag_can_be_passed_by_either_name(make: Make) -> None:
    models = make(SPEC).module.models
    assert models.Dog(type_name="x", breed="pug").type_name == "x"
    assert models.Dog(typeName="x", breed="pug").to_dict() == {"typeName": "x", "breed": "pug"}
    with pytest.raises(ValidationError):
        models.Bird(type_name="dog")


def test_a_variant_with_several_tags_needs_one(make: Make) -> None:
    models = make(SPEC).module.models
    with pytest.raises(ValidationError):
        models.Fish()
    assert models.Fish(type_name="eel").type_name == "eel"


def test_required_constants_are_filled_in_and_optional_ones_are_not(make: Make) -> None:
    models = make(SPEC).module.models
    assert models.Hook(name="n").to_dict() == {"object": "hook", "version": 2, "name": "n"}


def test_responses_without_the_tag_are_still_violations(make: Make) -> None:
    made = make(SPEC)
    models = made.module.models
    with pytest.raises(ValidationError):
        models.Dog.model_validate_json('{"breed": "pug"}')
    with pytest.raises(ValidationError):
        models.Hook.model_validate({"object": "hook"})
    response = made.client(answer([{"breed": "pug"}]), policy="tolerant")
    assert [v.pointer for v in response.raw(response.pets.list_pets).violations] == ["/0"]


def test_a_class_of_another_tag_does_not_inherit_it(make: Make) -> None:
    models = make(SPEC).module.models
    assert models.BigSquare(area=1).to_dict() == {"kind": "big", "area": 1}
    with pytest.raises(ValidationError):
        models.UnknownShape(area=1)
