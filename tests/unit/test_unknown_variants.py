"""Values of unions that none of the listed variants describes: typed objects that keep the data."""

# ruff: noqa: E501

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from conftest import Made
from tests_support import answer, recorder

Make = Callable[[Any], Made]

HEAD = """
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
  /owners:
    get:
      operationId: getOwner
      tags: [pets]
      responses: {'200': {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}}}
"""
TAGGED = (
    HEAD
    + """
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Cat'}]
      discriminator: {propertyName: kind, mapping: {dog: '#/components/schemas/Dog', cat: '#/components/schemas/Cat'}}
    Dog:
      type: object
      required: [kind, name]
      properties:
        kind: {type: string}
        name: {type: string}
        born: {type: string, format: date-time}
        size: {type: integer}
        friends: {type: array, items: {$ref: '#/components/schemas/Pet'}}
        bark: {type: string}
    Cat:
      type: object
      required: [kind, name]
      properties:
        kind: {type: string}
        name: {type: string}
        born: {type: string, format: date-time}
        size: {type: string}
        friends: {type: array, items: {$ref: '#/components/schemas/Pet'}}
    Owner: {type: object, properties: {pet: {$ref: '#/components/schemas/Pet'}, first: {oneOf: [{$ref: '#/components/schemas/Pet'}, {type: 'null'}]}}}
"""
)
NEWT = {
    "kind": "newt",
    "name": "Nic",
    "born": "2024-01-01T00:00:00+02:00",
    "size": [1],
    "wet": True,
    "grams": 1.5,
    "friends": [{"kind": "dog", "name": "Rex"}, {"kind": "eel", "name": "Al", "volts": 600}],
}


def test_an_unlisted_tag_gives_an_object_with_the_common_properties(make: Make) -> None:
    made = make(TAGGED)
    models = made.module.models
    data = [{"kind": "dog", "name": "Rex", "bark": "wuff"}, NEWT]
    client = made.client(answer(data), policy="tolerant")
    response = client.raw(client.pets.list_pets)
    dog, newt = response.value
    assert type(dog) is models.Dog
    assert type(newt) is models.UnknownPet
    assert newt.kind == "newt"
    assert newt.name == "Nic"
    assert newt.born.year == 2024
    assert newt.size == [1]
    assert newt.wet is True
    assert type(newt.friends[0]) is models.Dog
    assert type(newt.friends[1]) is models.UnknownPet
    assert newt.friends[1].raw == {"kind": "eel", "name": "Al", "volts": 600}
    assert newt.raw == NEWT
    assert newt.to_dict() == NEWT
    assert [(violation.pointer, violation.expected) for violation in response.violations] == [
        ("/1", "a known value of 'kind'")
    ]
    match newt:
        case models.Dog() | models.Cat():
            raise AssertionError
        case models.UnknownPet(raw=raw):
            assert raw["wet"] is True
        case _:
            raise AssertionError


def test_the_strict_policy_raises(make: Make) -> None:
    made = make(TAGGED)
    client = made.client(answer([NEWT]), policy="strict")
    with pytest.raises(made.module.InvalidResponseError):
        client.pets.list_pets()


@pytest.mark.parametrize("pet", [{"kind": "newt"}, {"name": "x"}, {"kind": None, "name": "x"}, {"kind": 3}])
def test_every_object_without_a_listed_tag_is_unknown(make: Make, pet: dict[str, Any]) -> None:
    made = make(TAGGED)
    client = made.client(answer({"pet": pet, "first": pet}), policy="tolerant")
    response = client.raw(client.pets.get_owner)
    owner = response.value
    assert type(owner.pet) is type(owner.first) is made.module.models.UnknownPet
    assert owner.pet.raw == pet
    assert owner.to_dict() == {"pet": pet, "first": pet}
    assert [violation.pointer for violation in response.violations] == ["/pet", "/first"]
    assert repr(owner.pet).startswith("UnknownPet(")
    if "name" not in pet:
        with pytest.raises(made.module.MissingPropertyError):
            _ = owner.pet.name


def test_a_value_that_is_not_an_object_stays_as_it_is(make: Make) -> None:
    made = make(TAGGED)
    client = made.client(answer([["x"], "y", None]), policy="tolerant")
    assert client.pets.list_pets() == [["x"], "y", None]


def test_an_unknown_variant_can_be_sent_back(make: Make) -> None:
    made = make(TAGGED)
    pet = made.client(answer([NEWT]), policy="tolerant").pets.list_pets()[0]
    service = recorder(httpx2.Response(204))
    made.client(service).pets.add_pet(body=pet)
    assert json.loads(service.request.content) == NEWT
    owner = made.module.models.Owner(pet=pet)
    assert owner.pet is pet
    assert made.module.models.UnknownPet(kind="x", name="y", tail=1).raw == {"kind": "x", "name": "y", "tail": 1}


def test_a_known_variant_with_a_violation_keeps_its_class(make: Make) -> None:
    made = make(TAGGED)
    client = made.client(answer([{"kind": "dog", "name": "a", "size": "large"}]), policy="tolerant")
    pet = client.pets.list_pets()[0]
    assert type(pet) is made.module.models.Dog


UNTAGGED = (
    HEAD
    + """
components:
  schemas:
    Pet: {anyOf: [{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Cat'}]}
    Dog: {type: object, required: [id, bark], properties: {id: {type: string}, bark: {type: string}, raw: {type: string}}}
    Cat: {type: object, required: [id, lives], properties: {id: {type: string}, lives: {type: integer}, raw: {type: string}}}
    Owner:
      type: object
      properties:
        pet: {oneOf: [{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Cat'}, {type: string}, {type: 'null'}]}
        visits:
          type: array
          items: {oneOf: [{type: object, required: [a], properties: {a: {type: integer}}}, {type: object, required: [b], properties: {b: {type: integer}}}]}
        home: {anyOf: [{$ref: '#/components/schemas/Cat'}, {type: string}]}
"""
)


def test_a_union_without_a_tag_has_an_unknown_variant_too(make: Make) -> None:
    made = make(UNTAGGED)
    models = made.module.models
    client = made.client(
        answer([{"id": "1", "bark": "w"}, {"id": "2", "raw": "r", "wings": 2}, {"id": "3", "lives": 9}]),
        policy="tolerant",
    )
    response = client.raw(client.pets.list_pets)
    dog, bird, cat = response.value
    assert [type(dog), type(bird), type(cat)] == [models.Dog, models.UnknownPet, models.Cat]
    assert bird.id == "2"
    assert bird.raw == {"id": "2", "raw": "r", "wings": 2}
    assert bird.raw_ == "r"
    assert {violation.pointer for violation in response.violations} == {"/1/bark", "/1/lives"}


def test_inline_unions_share_the_class_of_equal_unions(make: Make) -> None:
    made = make(UNTAGGED)
    models = made.module.models
    data = {"pet": {"id": "2"}, "visits": [{"a": 1}, {"c": 2}], "home": {"id": "x"}}
    owner = made.client(answer(data), policy="tolerant").pets.get_owner()
    assert type(owner.pet) is models.UnknownPet
    assert [type(visit).__name__ for visit in owner.visits] == ["OwnerVisitsItemWithA", "UnknownOwnerVisitsItem"]
    assert type(owner.home) is models.Cat
    assert owner.to_dict() == data
    assert made.client(answer({"pet": "text"}), policy="tolerant").pets.get_owner().pet == "text"
    assert made.client(answer({"pet": None}), policy="tolerant").pets.get_owner().pet is None


def test_a_union_that_is_only_sent_has_none(make: Make) -> None:
    spec = TAGGED.replace("    get:\n      operationId: listPets", "    put:\n      operationId: listPets")
    spec = spec.replace("schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}", "schema: {type: string}")
    spec = spec.replace("schema: {$ref: '#/components/schemas/Owner'}", "schema: {type: string}")
    assert not hasattr(make(spec).module.models, "UnknownPet")
