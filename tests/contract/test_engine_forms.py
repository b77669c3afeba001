"""The oracle reads forms by the document's `encoding`, and finds a client that does not follow it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Made
from speclient.contract import ContractFailure, Package, Profile, check_requests, load_package
from speclient.contract.credentials import Credentials
from speclient.contract.jsontypes import Json
from speclient.contract.operations import operations
from speclient.contract.oracle.body import judge_body
from speclient.contract.oracle.wire import Call, WireRequest
from speclient.contract.source import parse_document

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
FEATURE = Path(__file__).parents[1] / "features" / "form_encoding" / "openapi.yaml"

DOCUMENT = """\
openapi: VERSION
servers: [{url: 'https://a.test'}]
paths:
  /a:
    post:
      requestBody:
        content:
          application/x-www-form-urlencoded:
            encoding: &rules
              csv: {style: form, explode: false}
              deep: {style: deepObject, explode: true}
              spread: {style: form}
              json: {contentType: application/json}
              free: {allowReserved: true}
              image: {contentType: image/png}
              any: {contentType: 'image/png, image/*'}
              xml: {contentType: application/xml}
          multipart/form-data: {encoding: *rules}
      responses: {}
"""


def findings(media: str, body: Json, header: str, sent: bytes, version: str = "3.1.0") -> list[str]:
    document = parse_document(DOCUMENT.replace("VERSION", version))
    call = Call(next(operations(document)), "https://a.test", {}, Credentials(()), body, media)
    wire = WireRequest("POST", "https://a.test", "/a", (("Content-Type", header),), sent)
    return [found.check for found in judge_body(wire, call)]


@pytest.mark.parametrize(
    ("body", "sent", "fine"),
    [
        ({"csv": ["a", "b,c"]}, b"csv=a,b%2Cc", True),
        ({"csv": ["a", "b"]}, b"csv=a&csv=b", False),
        ({"csv": ["a b"]}, b"csv=a+b", True),
        ({"deep": {"a": 1, "b": {"c": "d"}}}, b"deep%5Ba%5D=1&deep[b][c]=d", True),
        ({"deep": {"a": 1}}, b"deep=%7B%22a%22%3A1%7D", False),
        ({"deep": {"a": 1}}, b"deep[a]=2", False),
        ({"deep": {"a": 1, "b": 2}}, b"deep[a]=1", False),
        ({"deep": {"a": 1}}, b"deep[a]=1&deep[b]=2", False),
        ({"deep": {"a": [1, 2]}}, b"deep[a][0]=1&deep[a][1]=2", True),
        ({"deep": {"a": [1, 2]}}, b"deep[a][]=1&deep[a][]=2", True),
        ({"deep": {"a": [1, 2]}}, b"deep[a]=1", False),
        ({"deep": [{"a": 1}, {"a": 2}]}, b"deep[0][a]=1&deep[1][a]=2", True),
        ({"deep": [{"a": 1}, {"a": 2}]}, b"deep[a]=1&deep[a]=2", False),
        ({"deep": {}}, b"", True),
        ({"spread": {"x": 1, "y": 2}}, b"x=1&y=2", True),
        ({"spread": {"x": 1}}, b"spread=%7B%22x%22%3A1%7D", False),
        ({"json": "a"}, b"json=%22a%22", True),
        ({"json": "a"}, b"json=a", False),
        ({"free": "a/b"}, b"free=a/b", True),
        ({"other": {"x": [1]}}, b"other=%7B%22x%22%3A%5B1%5D%7D", True),
        ({"other": {"x": [1]}}, b"other[x]=1", False),
        ({"other": ["a", {"b": 1}, None]}, b"other=a&other=%7B%22b%22%3A1%7D", True),
        ({"other": [["a"]]}, b"other=%5B%22a%22%5D", True),
        ({"other": ["a"]}, b"other=%5B%22a%22%5D", False),
        ({"other": []}, b"", True),
        ({"other": "a"}, b"other=a&more=b", False),
        ({"other": "a"}, b"other=\xff", False),
    ],
)
def test_members_of_a_form(body: Json, sent: bytes, fine: bool) -> None:
    assert (findings(FORM, body, FORM, sent) == []) is fine


@pytest.mark.parametrize(
    ("body", "parts", "fine"),
    [
        ({"image": "a"}, [("image", "image/png", b"a")], True),
        ({"image": "a"}, [("image", None, b"a")], False),
        ({"image": ["a", "b"]}, [("image", "image/png", b"a"), ("image", "image/png", b"b")], True),
        ({"any": "a"}, [("any", "image/gif", b"a")], True),
        ({"json": [1]}, [("json", "application/json", b"1")], True),
        ({"json": [1]}, [("json", "application/json", b"[1]")], False),
        ({"other": {"a": 1}}, [("other", "application/json", b'{"a": 1}')], True),
        ({"other": {"a": 1}}, [("other", None, b'{"a": 1}')], False),
        ({"other": "a\r\n--b"}, [("other", None, b"a\r\n--b")], True),
        ({"other": "a"}, [("other", None, b"b")], False),
        ({"other": "a"}, [("other", None, b"a"), ("more", None, b"b")], False),
        ({"xml": {"a": 1}}, [("xml", "application/xml", b"<a/>")], True),
        ({"deep": {"a": {"b": "c d"}}}, [("deep[a][b]", None, b"c d")], True),
        ({"deep": {"a": 1}}, [("deep", "application/json", b'{"a":1}')], False),
        ({'a"b': "c"}, [("a%22b", None, b"c")], True),
        ({"a\x1cb": "c"}, [("a%1Cb", None, b"c")], True),
        ({}, [], True),
    ],
)
def test_members_of_a_multipart_body(body: Json, parts: list[tuple[str, str | None, bytes]], fine: bool) -> None:
    sent = b"".join(_part(*part) for part in parts) + b"--mark--\r\n"
    assert (findings(MULTIPART, body, f"{MULTIPART}; boundary=mark", sent) == []) is fine


def _part(name: str, media: str | None, content: bytes) -> bytes:
    head = f'--mark\r\nContent-Disposition: form-data; name="{name}"\r\n'
    head += f"Content-Type: {media}\r\n" if media else ""
    return head.encode() + b"\r\n" + content + b"\r\n"


@pytest.mark.parametrize(("version", "fine"), [("3.0.3", True), ("3.1.0", False)])
def test_a_style_says_nothing_of_parts_before_3_1(version: str, fine: bool) -> None:
    sent = _part("deep", "application/json", b'{"a":1}') + b"--mark--\r\n"
    assert (findings(MULTIPART, {"deep": {"a": 1}}, f"{MULTIPART}; boundary=mark", sent, version) == []) is fine


def test_a_body_without_boundary_is_no_form() -> None:
    assert findings(MULTIPART, {"a": "b"}, MULTIPART, b"a") == ["wire.body"]


@pytest.fixture
def package(make: Callable[[str | Path], Made]) -> Package:
    made = make(FEATURE)
    return load_package(made.module.__name__, path=str(made.folder), spec=str(FEATURE))


@pytest.mark.parametrize("name", ["send_form", "send_parts"])
def test_a_package_follows_the_encoding(package: Package, name: str) -> None:
    method = next(each for each in package.methods if each.call.endswith(name))
    check_requests(package, method, Profile(examples=60))


@pytest.mark.parametrize("name", ["send_form", "send_parts"])
def test_a_package_that_does_not_is_found(package: Package, name: str) -> None:
    module: Any = __import__(f"{package.name}._operations.forms", fromlist=["forms"])
    getattr(module, name.upper()).encoding = {}
    method = next(each for each in package.methods if each.call.endswith(name))
    with pytest.raises(ContractFailure, match=r"wire\.body"):
        check_requests(package, method, Profile(examples=60))
