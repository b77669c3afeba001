"""Generic schemas (`$dynamicRef`), and references by `$id`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conftest import Made
from speclient.config import Settings
from speclient.pipeline import generate

HEAD = """
    openapi: 3.1.0
    info: {title: Generic, version: '1'}
    paths:
"""
PATH = """
      /%s:
        get:
          operationId: get_%s
          responses:
            '200':
              description: fine
              content: {application/json: {schema: {$ref: '#/components/schemas/%s'}}}
"""
NAMES = ("PetPage", "UserPage", "Both", "Tree", "StrictTree", "WrappedPets", "Linked", "Page", "Order", "Numbers")
SPEC = (
    HEAD
    + "".join(PATH % (name, name, name) for name in NAMES)
    + """
    components:
      schemas:
        Pet: {type: object, required: [name], properties: {name: {type: string}}}
        User: {type: object, required: [id], properties: {id: {type: integer}}}
        Page:
          $id: page
          type: object
          required: [items]
          properties:
            items: {type: array, items: {$dynamicRef: '#T'}}
            default: {$dynamicRef: '#T'}
            next: {$ref: page}
          $defs: {T: {$dynamicAnchor: T}}
        PetPage:
          $id: pet-page
          description: A page of pets.
          $defs: {pet: {$dynamicAnchor: T, $ref: '#/components/schemas/Pet'}}
          $ref: page
        UserPage:
          $defs: {T: {$dynamicAnchor: T, $ref: '#/components/schemas/User'}}
          allOf: [{$ref: '#/components/schemas/Page'}]
          properties: {extra: {type: string}}
        Both:
          type: object
          properties: {pets: {$ref: '#/components/schemas/PetPage'}, users: {$ref: '#/components/schemas/UserPage'}}
        Tree:
          $id: https://example.com/tree
          $dynamicAnchor: node
          type: object
          properties: {data: {type: string}, children: {type: array, items: {$dynamicRef: '#node'}}}
        StrictTree:
          $dynamicAnchor: node
          $ref: https://example.com/tree
          type: object
          properties: {strict: {type: boolean}}
        Wrapper: {$id: wrapper, type: object, properties: {page: {$ref: page}}}
        WrappedPets:
          $defs: {T: {$dynamicAnchor: T, $ref: '#/components/schemas/Pet'}}
          $ref: wrapper
        Linked:
          $defs: {T: {$dynamicAnchor: T, type: integer}}
          type: object
          properties: {first: {$ref: page}, second: {$ref: page}, own: {$dynamicRef: '#T'}}
        List:
          $id: https://schemas.example.com/list
          $dynamicAnchor: list
          type: object
          properties: {items: {type: array, items: {$dynamicRef: '#item'}}, next: {$dynamicRef: '#list'}}
          $defs: {item: {$dynamicAnchor: item}}
        Numbers:
          $ref: '#/components/schemas/List'
          $defs: {item: {$dynamicAnchor: item, type: integer}}
        Order:
          $id: https://example.com/schemas/order
          type: object
          properties:
            item: {$ref: item}
            items: {type: array, items: {$ref: './item'}}
            absolute: {$ref: 'https://example.com/schemas/item'}
            part: {$ref: 'item#/properties/sku'}
            anchored: {$ref: 'item#price'}
            local: {$ref: '#/$defs/Local'}
            nested: {$ref: nested}
            self: {$ref: '#'}
            from_root: {$ref: '#/components/schemas/Pet'}
          $defs:
            Local: {type: object, properties: {x: {type: integer}}}
            N: {$id: nested, type: object, properties: {y: {$ref: '#/$defs/Z'}}, $defs: {Z: {type: number}}}
        Item:
          $id: https://example.com/schemas/item
          type: object
          properties: {sku: {type: string}, price: {$anchor: price, type: number}}
"""
)
Make = Callable[[str], Made]
PET, USER = {"name": "a"}, {"id": 1}


@pytest.mark.parametrize(
    ("name", "valid", "invalid"),
    [
        ("PetPage", {"items": [PET], "default": PET, "next": {"items": [PET]}}, {"items": [USER]}),
        ("PetPage", {"items": []}, {"items": [PET], "next": {"items": [USER]}}),
        ("PetPage", {"items": [PET]}, {"items": [], "default": USER}),
        ("UserPage", {"items": [USER], "extra": "a", "next": {"items": [USER]}}, {"items": [PET]}),
        ("UserPage", {"items": [USER]}, {"items": [], "next": {"items": [PET]}}),
        ("Both", {"pets": {"items": [PET]}, "users": {"items": [USER]}}, {"pets": {"items": [USER]}}),
        ("Tree", {"data": "a", "children": [{"data": "b", "strict": 1}]}, {"children": [{"data": 1}]}),
        ("StrictTree", {"children": [{"data": "b", "strict": True}]}, {"children": [{"strict": 1}]}),
        ("WrappedPets", {"page": {"items": [PET]}}, {"page": {"items": [USER]}}),
        ("Linked", {"first": {"items": [1]}, "second": {"items": [2]}, "own": 1}, {"second": {"items": ["a"]}}),
        ("Linked", {"own": 1}, {"own": "a"}),
        ("Page", {"items": [1, "a", {}], "next": {"items": []}}, {"items": 1}),
        ("Numbers", {"items": [1], "next": {"items": [2], "next": {}}}, {"next": {"next": {"items": ["a"]}}}),
        ("Order", {"item": {"sku": "a"}, "self": {"item": {"price": 1.5}}}, {"item": {"sku": 1}}),
        ("Order", {"absolute": {"sku": "a"}, "items": [{"sku": "a"}]}, {"items": [{"sku": 1}]}),
        ("Order", {"part": "a", "anchored": 1.5, "local": {"x": 1}}, {"local": {"x": "a"}}),
        ("Order", {"nested": {"y": 1}, "from_root": PET}, {"nested": {"y": "a"}}),
        ("Order", {"part": "a"}, {"part": 1}), ("Order", {"anchored": 1}, {"anchored": "a"}),
        ("Order", {"self": {"part": "a"}}, {"self": {"part": 1}}), ("Order", {"from_root": PET}, {"from_root": {}}),
    ],
)  # fmt: skip
def test_values(make: Make, name: str, valid: Any, invalid: Any) -> None:
    made = make(SPEC)
    reply = httpx2.Response(200, json=valid)
    result = getattr(made.client(lambda _: reply).api, _method(name))()
    assert result.to_dict() == valid
    reply = httpx2.Response(200, json=invalid)
    with pytest.raises(made.module.InvalidResponseError):
        getattr(made.client(lambda _: reply).api, _method(name))()


def _method(name: str) -> str:
    return "get_" + "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")


def test_nothing_is_reported(make: Make) -> None:
    made = make(SPEC)
    assert made.report["operations"] == {"emitted": len(NAMES), "degraded": 0, "refused": 0}
    models = made.module.models
    assert models.PetPage.__doc__ == "A page of pets."
    assert models.UserPage.model_fields["items"].annotation.__args__ == (models.User,)
    # The next page is a plain page of users.
    assert set(models.UserPagePage.model_fields) == {"items", "default", "next"}


def test_files_refer_to_one_another_by_id(tmp_path: Path) -> None:
    (tmp_path / "shared.json").write_text(
        json.dumps({"$id": "https://example.com/all", "$defs": {"A": {"$id": "a", "type": "object", "properties": {
            "b": {"$ref": "b"}}}, "B": {"$id": "b", "type": "integer"}}})
    )  # fmt: skip
    spec = tmp_path / "openapi.json"
    schema = {"$ref": "shared.json#/$defs/A"}
    response = {"description": "fine", "content": {"application/json": {"schema": schema}}}
    paths = {"/a": {"get": {"operationId": "getA", "responses": {"200": response}}}}
    spec.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "Files", "version": "1"}, "paths": paths}))
    outcome = generate(spec, Settings(output=str(tmp_path / "out")))
    assert outcome.counts == (1, 0, 0)
    assert [each.message for each in outcome.diagnostics] == []


def test_ids_mean_nothing_in_version_3_0(make: Make) -> None:
    made = make(
        HEAD.replace("3.1.0", "3.0.3")
        + PATH % ("A", "A", "A")
        + """
    components:
      schemas:
        A: {type: object, properties: {b: {$ref: '#/components/schemas/B'}}, $id: x, example: {$id: '#/components'}}
        B: {type: integer}
"""
    )
    assert made.client(lambda _: httpx2.Response(200, json={"b": 1})).api.get_a().b == 1
