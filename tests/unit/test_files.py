"""Files in multipart bodies: as keywords, in dictionaries and in models."""

# ruff: noqa: E501

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from conftest import Made
from tests_support import recorder

Make = Callable[[str | Path], Made]
SPEC = """
openapi: 3.1.0
info: {title: Depot, version: "1"}
servers: [{url: https://api.example.com}]
security: []
paths:
  /assets:
    post:
      operationId: addAsset
      tags: [assets]
      requestBody: {required: true, content: {multipart/form-data: {schema: {$ref: '#/components/schemas/Asset'}}}}
      responses: {'204': {description: done}}
components:
  schemas:
    Meta: {type: object, required: [owner], properties: {owner: {type: string}, since: {type: string, format: date-time}}}
    Data: {type: string, format: binary}
    Asset:
      type: object
      required: [file]
      properties:
        file: {$ref: '#/components/schemas/Data'}
        extra-files: {type: array, items: {type: string, contentMediaType: application/octet-stream}}
        note: {type: string, contentMediaType: application/json}
        meta: {$ref: '#/components/schemas/Meta'}
        size: {type: number}
"""


def parts(request: httpx2.Request) -> list[tuple[str, str, bytes]]:
    """Name, file name and content of each part."""
    boundary = request.headers["content-type"].partition("boundary=")[2].encode()
    found: list[tuple[str, str, bytes]] = []
    for part in request.content.split(b"--" + boundary)[1:-1]:
        head, _, content = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(r'[ ;]name="([^"]*)"', head.decode())
        file_name = re.search(r'filename="([^"]*)"', head.decode())
        assert name is not None
        found.append((name[1], file_name[1] if file_name else "", content))
    return found


def upload(made: Made, *args: Any, **arguments: Any) -> list[tuple[str, str, bytes]]:
    service = recorder(httpx2.Response(204))
    made.client(service).assets.add_asset(*args, **arguments)
    return parts(service.request)


@pytest.mark.parametrize("form", ["model", "dictionary", "keywords"])
def test_files_of_every_kind(make: Make, tmp_path: Path, form: str) -> None:
    made = make(SPEC)
    models = made.module.models
    path = tmp_path / "a.bin"
    path.write_bytes(b"from path")
    with path.open("rb") as opened:
        values = [
            (b"bytes", "file", b"bytes"),
            (path, "a.bin", b"from path"),
            (opened, "a.bin", b"from path"),
            (("b.txt", b"tuple", "text/plain"), "b.txt", b"tuple"),
            (("c.bin", path), "c.bin", b"from path"),
            (io.BytesIO(b"memory"), "file", b"memory"),
        ]
        for value, name, content in values:
            properties = {"file": value, "extra-files": [b"1", ("x", b"2")], "meta": {"owner": "me"}, "size": 2.0}
            if form == "model":
                sent = upload(made, body=models.Asset(**properties))
            elif form == "dictionary":
                sent = upload(made, body=properties)
            else:
                sent = upload(made, **{key.replace("-", "_"): item for key, item in properties.items()})
            assert sent == [
                ("file", name, content),
                ("extra-files", "extra-files", b"1"),
                ("extra-files", "x", b"2"),
                ("meta", "", b'{"owner":"me"}'),
                ("size", "", b"2" if form == "model" else b"2.0"),
            ]


def test_values_that_are_not_files(make: Make, tmp_path: Path) -> None:
    made = make(SPEC)
    with pytest.raises(ValidationError):
        made.module.models.Asset(file=5)
    with pytest.raises(made.module.RequestError, match=r"'gone\.bin' cannot be read"):
        upload(made, file=tmp_path / "gone.bin")
    assert upload(made, body=made.module.models.Asset(file="text")) == [("file", "", b"text")]
