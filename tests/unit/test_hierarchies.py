"""Parents with a discriminator, and unions that list schemas extending them: what a client reads and sends."""

# ruff: noqa: E501

from __future__ import annotations

import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conftest import Made
from speclient.mock import Mock, MockTransport, Request
from tests_support import answer, recorder

Make = Callable[[Any], Made]

HEAD = """
openapi: 3.1.0
info: {title: Zoo, version: "1"}
servers: [{url: https://api.example.com}]
security: []
"""
PARENT = (
    HEAD
    + """
paths:
  /animals:
    get:
      operationId: listAnimals
      tags: [animals]
      responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Animal'}}}}}}
    post:
      operationId: addAnimal
      tags: [animals]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Animal'}}}}
      responses: {'204': {description: done}}
  /guests:
    get:
      operationId: listGuests
      tags: [animals]
      responses:
        '200':
          description: all
          content:
            application/json:
              schema: {type: array, items: {allOf: [{$ref: '#/components/schemas/Animal'}, {type: object, required: [until], properties: {until: {type: string}}}]}}
components:
  schemas:
    Animal:
      type: object
      required: [species, age]
      properties:
        species: {type: string}
        age: {type: integer}
        friends: {type: array, items: {$ref: '#/components/schemas/Animal'}}
        born: {type: string, format: date-time}
      discriminator: {propertyName: species, mapping: {wolf: Dog, poodle: '#/components/schemas/Poodle', odd: '#/components/schemas/Keeper'}}
    Poodle: {allOf: [{$ref: '#/components/schemas/Dog'}, {type: object, properties: {haircut: {type: string}}}]}
    Dog: {allOf: [{type: object, required: [bark], properties: {bark: {type: string}}}, {$ref: '#/components/schemas/Animal'}]}
    Cat:
      allOf:
      - $ref: '#/components/schemas/Animal'
      - {properties: {species: {const: feline}, age: {type: integer, minimum: 1}, lives-left: {type: integer}}}
    Fish: {allOf: [{$ref: '#/components/schemas/Animal'}]}
    Keeper: {type: object, properties: {name: {type: string}}}
"""
)


def test_the_tag_selects_a_subclass(make: Make) -> None:
    made = make(PARENT)
    models = made.module.models
    data = [
        {"species": "wolf", "age": 3, "bark": "loud", "friends": [{"species": "Fish", "age": 1}]},
        {"species": "poodle", "age": 4, "bark": "quiet", "haircut": "lion", "born": "2024-01-01T00:00:00Z"},
        {"species": "feline", "age": 5, "lives-left": 9},
        {"species": "Fish", "age": 7},
        {"species": "newt", "age": 8, "wet": True},
    ]
    animals = made.client(answer(data)).animals.list_animals()
    names = [type(animal).__name__ for animal in animals]
    assert names == ["Dog", "Poodle", "Cat", "Fish", "UnknownAnimal"]
    assert all(isinstance(animal, models.Animal) for animal in animals)
    assert issubclass(models.Poodle, models.Dog)
    assert isinstance(animals[0].friends[0], models.Fish)
    assert animals[1].born.year == 2024
    assert animals[2].lives_left == 9
    assert [animal.to_dict() for animal in animals] == data
    assert isinstance(animals[4], made.module.UnknownVariant)
    assert animals[4].raw == data[4]


def test_a_missing_property_of_a_child_is_one_violation(make: Make) -> None:
    made = make(PARENT)
    client = made.client(answer([{"species": "wolf", "age": 3}]), policy="tolerant")
    response = client.raw(client.animals.list_animals)
    assert [violation.pointer for violation in response.violations] == ["/0/bark"]
    assert type(response.value[0]) is made.module.models.Dog
    assert response.value[0].age == 3


def test_children_are_sent_as_they_are(make: Make) -> None:
    made = make(PARENT)
    models = made.module.models
    service = recorder(httpx2.Response(204))
    client = made.client(service)
    client.animals.add_animal(body=models.Poodle(species="poodle", age=1, bark="wuff"))
    client.animals.add_animal(body={"species": "newt", "age": 2})
    assert [request.read() for request in service.requests] == [
        b'{"species":"poodle","age":1,"bark":"wuff"}',
        b'{"species":"newt","age":2}',
    ]


def test_a_schema_that_adds_to_a_parent_has_its_variants(make: Make) -> None:
    data = [
        {"species": "wolf", "age": 3, "bark": "loud", "until": "may"},
        {"species": "newt", "age": 3, "until": "june"},
    ]
    made = make(PARENT)
    guests = made.client(answer(data)).animals.list_guests()
    assert [guest.until for guest in guests] == ["may", "june"]
    assert guests[0].bark == "loud"
    assert not hasattr(guests[1], "bark")


def test_a_mapping_to_a_schema_that_is_no_child_is_reported(make: Make) -> None:
    messages = [found.message for found in make(PARENT).outcome.diagnostics if found.code == "SC207"]
    assert messages == ["the mapping 'odd' does not name a schema that extends the parent; it is ignored"]


CIRCLE = (
    HEAD
    + """
paths:
  /keys:
    get:
      operationId: listKeys
      tags: [keys]
      responses: {'200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Key'}}}}}}
components:
  schemas:
    Key:
      type: object
      required: [kind]
      properties: {kind: {type: string}, next: {$ref: '#/components/schemas/Key'}}
      DISCRIMINATOR
      UNION: [{$ref: '#/components/schemas/FileKey'}, {$ref: '#/components/schemas/WordKey'}]
    Named: {allOf: [{$ref: '#/components/schemas/Key'}, {type: object, properties: {name: {type: string}}}]}
    FileKey: {allOf: [{$ref: '#/components/schemas/Named'}, {type: object, required: [path], properties: {path: {type: string}}}]}
    WordKey: {allOf: [{$ref: '#/components/schemas/Named'}, {type: object, required: [word], properties: {word: {type: string}}}]}
    LongKey: {allOf: [{$ref: '#/components/schemas/WordKey'}, {type: object, properties: {size: {type: integer}}}]}
"""
)


@pytest.mark.parametrize("union", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    "discriminator", ["", "discriminator: {propertyName: kind, mapping: {file: FileKey, word: WordKey}}"]
)
def test_variants_that_extend_their_union_are_classes(make: Make, union: str, discriminator: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    made = make(CIRCLE.replace("UNION", union).replace("DISCRIMINATOR", discriminator))
    data = [{"kind": "file", "path": "/a", "next": {"kind": "word", "word": "b", "name": "c"}}]
    keys = made.client(answer(data)).keys.list_keys()
    models = made.module.models
    assert type(keys[0]) is models.FileKey
    assert type(keys[0].next) is models.WordKey
    assert keys[0].next.name == "c"
    assert models.LongKey(kind="word", word="x", size=3).to_dict() == {"kind": "word", "word": "x", "size": 3}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 15


def test_a_union_that_only_requires_is_an_object(make: Make) -> None:
    spec = CIRCLE.replace("DISCRIMINATOR", "").replace(
        "UNION: [{$ref: '#/components/schemas/FileKey'}, {$ref: '#/components/schemas/WordKey'}]",
        "anyOf: [{required: [kind]}, {$ref: '#/components/schemas/HasNext'}, {type: object, properties: {}, required: [kind]}]",
    )
    made = make(spec + "    HasNext: {required: [next]}\n")
    models = made.module.models
    assert models.Key(kind="a").to_dict() == {"kind": "a"}
    assert made.report["degraded"] == []
    assert any("anyOf" in entry["why"] for entry in made.report["entries"])


def statuses(folder: Path, spec: str, path: str, *bodies: Any) -> list[int]:
    """The statuses with which the mock answers to these bodies."""
    file = folder / "openapi.yaml"
    file.write_text(spec, encoding="utf-8")
    service = Mock(file)
    json_type = (("content-type", "application/json"),)
    return [service.handle(Request("POST", path, "", json_type, json.dumps(body).encode())).status for body in bodies]


def test_the_mock_selects_by_the_tag_too(tmp_path: Path) -> None:
    bodies = [
        {"species": "wolf", "age": 1, "bark": "x"},
        {"species": "wolf", "age": 1},
        {"species": "poodle", "age": 1, "bark": "x"},
        {"species": "poodle", "age": 1},
        {"species": "feline", "age": 0},
        {"species": "newt", "age": 1},
        {"species": "newt"},
    ]
    assert statuses(tmp_path, PARENT, "/animals", *bodies) == [204, 422, 204, 422, 422, 204, 422]


def test_values_of_the_mock_are_values_of_the_client(make: Make, tmp_path: Path) -> None:
    made = make(PARENT)
    service = Mock(tmp_path / "openapi.yaml")
    names: set[str] = set()
    for seed in range(12):
        service.seed = seed
        client = made.module.Zoo(http_client=httpx2.Client(transport=MockTransport(service)), policy="strict")
        names |= {type(animal).__name__ for animal in client.animals.list_animals()}
        assert all(guest.until for guest in client.animals.list_guests())
    assert names == {"Dog", "Poodle", "Cat", "Fish"}


UNION = (
    HEAD
    + """
paths:
  /pets:
    post:
      operationId: addPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: done}}
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Cat'}]
      discriminator: {propertyName: type}
    Dog: {type: object, required: [type, breed], properties: {type: {const: dog}, breed: {type: string}}}
    Cat: {type: object, required: [type], properties: {type: {type: string}}}
"""
)


def test_the_tag_selects_one_branch_of_a_union(tmp_path: Path) -> None:
    bodies = [{"type": "dog", "breed": "b"}, {"type": "dog"}, {"type": "Cat"}, {"type": "cow"}]
    assert statuses(tmp_path, UNION, "/pets", *bodies) == [204, 422, 204, 422]
    keys = [{"kind": "file", "path": "p"}, {"kind": "file", "word": "w"}, {"kind": "word", "word": "w"}]
    union = "discriminator: {propertyName: kind, mapping: {file: FileKey, word: WordKey}}"
    spec = CIRCLE.replace("UNION", "oneOf").replace("DISCRIMINATOR", union).replace("    get:", "    post:")
    body = "      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Key'}}}}\n"
    assert statuses(tmp_path, spec.replace("      responses:", f"{body}      responses:"), "/keys", *keys) == [
        200,
        422,
        200,
    ]
