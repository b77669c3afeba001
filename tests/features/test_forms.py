"""Send the forms of the features, and read the wire: what `encoding` says of a member is followed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from conftest import Made
from execution.twin import KINDS, Script, Twin

Make = Callable[[str | Path], Made]
Part = tuple[str, str | None, str | None, bytes]
"""Name, file name, media type, content."""

HERE = Path(__file__).parent
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@pytest.fixture
def made(make: Make) -> Made:
    return make(HERE / "form_encoding" / "openapi.yaml")


def sent(made: Made, method: str, body: Any, **arguments: Any) -> httpx2.Request:
    """The request of the synchronous client; that of the asynchronous one is the same."""
    table = json.loads(next(made.folder.glob("*/_spec/operations.json")).read_text(encoding="utf-8"))
    call = next(row["call"] for row in table["operations"] if row["call"].endswith(f".{method}"))
    found: list[httpx2.Request] = []
    for kind in KINDS:
        wire = Script(httpx2.Response(204))
        client = Twin(kind, made.module, table["client"], wire)
        try:
            client.call(call, body=body, **arguments)
        finally:
            client.close()
        found.append(wire.requests[-1])
    one, other = (request.content.replace(boundary(request), b"boundary") for request in found)
    assert one == other
    return found[0]


def boundary(request: httpx2.Request) -> bytes:
    return request.headers["content-type"].partition("boundary=")[2].encode() or b"no boundary"


def pairs(request: httpx2.Request) -> list[tuple[str, str]]:
    assert request.headers["content-type"] == FORM
    return parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)


def parts(request: httpx2.Request) -> list[Part]:
    """The parts, read by the rules of RFC 7578."""
    assert request.headers["content-type"].startswith(f"{MULTIPART}; boundary=")
    return [(name, file_name, media_type, content) for name, file_name, media_type, _, content in whole_parts(request)]


def whole_parts(request: httpx2.Request) -> list[tuple[str, str | None, str | None, dict[str, str], bytes]]:
    """The parts with the headers that they have besides."""
    assert request.headers["content-length"] == str(len(request.content))
    pieces = (b"\r\n" + request.content).split(b"\r\n--" + boundary(request))
    assert pieces[0] == b""
    assert pieces[-1].strip() == b"--"
    found: list[tuple[str, str | None, str | None, dict[str, str], bytes]] = []
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        said = dict(item.split("=", 1) for item in fields.pop("Content-Disposition").split("; ")[1:])
        file_name = said.get("filename")
        media_type = fields.pop("Content-Type", None)
        found.append((said["name"].strip('"'), file_name and file_name.strip('"'), media_type, fields, content))
    return found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"csv": ["a", "b,c"]}, "csv=a,b%2Cc"),
        ({"csv": []}, ""),
        ({"words": ["a", "b"]}, "words=a%20b"),
        ({"tags": ["a b", "c"]}, "tags=a+b&tags=c"),
        ({"card": {"number": 1, "owner": {"name": "A & B", "none": None}}},
         "card%5Bnumber%5D=1&card%5Bowner%5D%5Bname%5D=A%20%26%20B"),
        ({"card": {"tags": ["x", "y"], "flag": True}},
         "card%5Btags%5D%5B0%5D=x&card%5Btags%5D%5B1%5D=y&card%5Bflag%5D=true"),
        ({"lines": [{"id": 1, "sub": [{"n": 2}]}, {"id": 3}]},
         "lines%5B0%5D%5Bid%5D=1&lines%5B0%5D%5Bsub%5D%5B0%5D%5Bn%5D=2&lines%5B1%5D%5Bid%5D=3"),
        ({"card": ""}, "card="),
        ({"card": None, "csv": None, "note": None}, ""),
        ({"card": {"at": datetime(2024, 5, 1, tzinfo=UTC)}}, "card%5Bat%5D=2024-05-01T00%3A00%3A00Z"),
        ({"point": {"x": 1, "y": 2}}, "x=1&y=2"),
        ({"point": {"x": [1, {"z": 2}]}}, "x=%5B1%2C%7B%22z%22%3A2%7D%5D"),
        ({"path": "/a/b?c"}, "path=/a/b?c"),
        ({"note": 'a"b'}, "note=%22a%5C%22b%22"),
        ({"extra": {"a": [1]}}, "extra=%7B%22a%22%3A%5B1%5D%7D"),
        ({"csv": [["a"], "b"]}, "csv=%5B%22a%22%5D,b"),
    ],
)  # fmt: skip
def test_members_of_a_form(made: Made, body: dict[str, Any], expected: str) -> None:
    assert sent(made, "send_form", body).content.decode() == expected


def test_a_model_is_sent_as_the_mapping_that_it_stands_for(made: Made) -> None:
    order = made.module.models.Order(
        csv=["a", "b"], card={"owner": {"name": "n"}}, lines=[{"id": 1}], point={"x": 1}, note="n"
    )
    found = pairs(sent(made, "send_form", order))
    assert found == [("csv", "a,b"), ("card[owner][name]", "n"), ("lines[0][id]", "1"), ("x", "1"), ("note", '"n"')]
    # Within a mapping, it is an object like any other.
    assert pairs(sent(made, "send_plain", {"order": order}))[0][0] == "order"
    assert sent(made, "send_form", {"lines": [order]}).content.startswith(b"lines%5B0%5D%5Bcsv%5D%5B0%5D=a&")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"a": {"b": 1}}, [("a", '{"b":1}')]),
        ({"a": [1, "x", {"b": 2}]}, [("a", "1"), ("a", "x"), ("a", '{"b":2}')]),
        ({"a": [[1, [2]], (3,)]}, [("a", "[1,[2]]"), ("a", "[3]")]),
        ({"a": [None, [None]]}, [("a", "[null]")]),
        ({"a b": "c+d e"}, [("a b", "c+d e")]),
    ],
)
def test_without_a_word_lists_are_repeated_and_what_is_nested_is_json(
    made: Made, body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert pairs(sent(made, "send_plain", body, content_type=FORM)) == expected
    assert [(name, content.decode()) for name, _, _, content in _as_parts(made, body)] == expected


def _as_parts(made: Made, body: dict[str, Any]) -> list[Part]:
    # To a multipart body, a tuple is a file.
    listed = {name: [list(item) if isinstance(item, tuple) else item for item in value] if isinstance(value, list)
              else value for name, value in body.items()}  # fmt: skip
    return parts(sent(made, "send_plain", listed, content_type=MULTIPART))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"image": b"1"}, [("image", "image", "image/png", b"1")]),
        ({"image": io.BytesIO(b"1")}, [("image", "image", "image/png", b"1")]),
        ({"image": ("a.jpg", b"1", "image/jpeg")}, [("image", "a.jpg", "image/jpeg", b"1")]),
        ({"image": ("a", b"1")}, [("image", "a", "image/png", b"1")]),
        ({"image": "text"}, [("image", None, "image/png", b"text")]),
        ({"image": ('a"b\r\nX: c.png', b"1")}, [("image", "a%22b%0D%0AX: c.png", "image/png", b"1")]),
        ({"image": ("ü.png", b"1")}, [("image", "ü.png", "image/png", b"1")]),
        ({"images": [("1.png", b"1"), ("2.gif", io.BytesIO(b"2"), "image/gif")]},
         [("images", "1.png", "image/png", b"1"), ("images", "2.gif", "image/gif", b"2")]),
        ({"order": (None, {"path": "p", "lines": [{"id": 1}]})},
         [("order", None, "application/vnd.order+json", b'{"path":"p","lines":[{"id":1}]}')]),
        ({"order": ("o.json", {"path": "p"}, "application/json")},
         [("order", "o.json", "application/json", b'{"path":"p"}')]),
        ({"images": [b"1", b"2"]}, [("images", "images", "image/png", b"1"), ("images", "images", "image/png", b"2")]),
        ({"any": b"1"}, [("any", "any", "application/octet-stream", b"1")]),
        ({"text": "a"}, [("text", None, None, b"a")]),
        ({"text": (None, "ä", "text/plain; charset=latin1")}, [("text", None, "text/plain; charset=latin1", b"\xe4")]),
        ({"note": "# a"}, [("note", None, "text/markdown", b"# a")]),
        ({"ids": [1, 2]}, [("ids", None, "application/json", b"1"), ("ids", None, "application/json", b"2")]),
        ({"order": {"path": "p"}}, [("order", None, "application/vnd.order+json", b'{"path":"p"}')]),
        ({"order": b"{}"}, [("order", "order", "application/vnd.order+json", b"{}")]),
        ({"page": {"path": "p"}}, [("page", None, "application/json", b'{"path":"p"}')]),
        ({"page": "<p/>"}, [("page", None, "application/xml", b"<p/>")]),
        ({"card": {"a b": {"c": "d/e"}, "l": [1]}},
         [("card[a b][c]", None, None, b"d/e"), ("card[l][0]", None, None, b"1")]),
        ({"card": None, "image": None}, []),
    ],
)  # fmt: skip
def test_members_of_a_multipart_body(made: Made, body: dict[str, Any], expected: list[Part]) -> None:
    assert parts(sent(made, "send_parts", body)) == expected


def test_style_says_nothing_of_parts_in_3_0(make: Make) -> None:
    made = make(HERE / "form_encoding_30" / "openapi.yaml")
    body = {"card": {"a": 1}, "tags": ["x"]}
    found = parts(sent(made, "send_parts", body, content_type=MULTIPART))
    assert found == [("card", None, "application/json", b'{"a":1}'), ("tags", None, None, b"x")]
    request = sent(made, "send_parts", {"card": {"a": 1}}, content_type=FORM)
    assert request.content == b"card%5Ba%5D=1"


@pytest.mark.parametrize("content_type", [FORM, MULTIPART])
@pytest.mark.parametrize("body", [{"a": object()}, {"a": [[object()]]}, {"a": float("nan")}, ["a"], 1])
def test_what_a_form_cannot_hold_is_refused(made: Made, body: Any, content_type: str) -> None:
    with pytest.raises(made.module.RequestError):
        sent(made, "send_plain", body, content_type=content_type)


def test_half_of_a_surrogate_pair_is_refused(made: Made) -> None:
    for body in ({"a": "\ud800"}, {"\ud800": "a"}):
        with pytest.raises(made.module.RequestError):
            sent(made, "send_plain", body, content_type=FORM)


def test_only_packages_that_send_forms_know_how(make: Make) -> None:
    for feature, there in (("form_encoding", True), ("parameters", False)):
        assert bool(list(make(HERE / feature / "openapi.yaml").folder.glob("*/_core/_forms.py"))) is there


@pytest.mark.parametrize(
    "item",
    [
        ("a", b"1", "text/plain\r\nX: y"),
        ("a", b"1", "text/plain", {"X": "a\nb"}),
        ("a", b"1", None, {"X Y": "a"}),
        ("a", b"1", None, {"Content-Disposition": "x"}),
        ("a", io.StringIO("1")),
        io.StringIO("1"),
        ("a",),
        ("a", b"1", None, {}, 5),
        ("a", object()),
        ("\ud800", b"1"),
        (None, "h\u6f22h", "text/plain; charset=latin-1"),
    ],
)
def test_a_part_that_cannot_be_sent_is_refused(made: Made, item: Any) -> None:
    with pytest.raises(made.module.RequestError):
        sent(made, "send_parts", {"image": item})


def test_headers_of_parts(make: Make) -> None:
    made = make(HERE / "part_headers" / "openapi.yaml")

    def headers(body: dict[str, Any]) -> list[tuple[str, str | None, dict[str, str], bytes]]:
        return [
            (name, media, given, content) for name, _, media, given, content in whole_parts(sent(made, "send", body))
        ]

    # What can have one value only is sent, and so is the default of what is required.
    always = {"X-Kind": "picture", "X-Word": "one", "X-Rate": "7", "X-Shared": "true"}
    assert headers({"file": b"1"}) == [("file", "image/png", always, b"1")]
    assert headers({"file": ("a", b"1", None, {"x-rate": 8, "X-More": "m"})}) == [
        ("file", "image/png", {**always, "X-Rate": "8", "X-More": "m"}, b"1")
    ]
    assert headers({"notes": ["a", "b"]}) == [("notes", None, {"X-Language": "en"}, text) for text in (b"a", b"b")]
    assert headers({"card": {"a": 1}}) == [("card[a]", None, {"X-Card": "yes"}, b"1")]
    # What is required and has no value of its own is given with the part.
    given = {"X-Order": "o", "X-Ids": [1, 2], "X-About": {"a": "ü"}}
    assert headers({"order": (None, {"id": 1}, None, given)}) == [
        ("order", "application/json", {"X-Order": "o", "X-Ids": "1,2", "X-About": r'{"a":"\u00fc"}'}, b'{"id":1}')
    ]
    for wrong in ({"id": 1}, (None, {"id": 1}), (None, {"id": 1}, None, {"X-Ids": [1]})):
        with pytest.raises(made.module.RequestError, match=r"order: .*X-Order"):
            headers({"order": wrong})
    assert "X-Order" in made.module.PartHeaders(base_url="https://a.example").parts.send.__doc__


@pytest.mark.parametrize(
    ("method", "media"),
    [("send_mixed", "multipart/mixed"), ("send_related", 'multipart/related; type="application/json"')],
)
def test_other_kinds_of_multipart_bodies(make: Make, method: str, media: str) -> None:
    made = make(HERE / "multipart_mixed" / "openapi.yaml")
    request = sent(made, method, {"about": {"a": 1}, "file": ("a.png", io.BytesIO(b"1"))})
    assert request.headers["content-type"].startswith(f"{media}; boundary=")
    assert [(name, kind, content) for name, _, kind, _, content in whole_parts(request)] == [
        ("about", "application/json", b'{"a":1}'), ("file", "image/png", b"1"),
    ]  # fmt: skip
    assert sent(made, method, {}).headers["content-type"].startswith(f"{media}; boundary=")


def test_a_form_with_a_file_is_sent_again_whole(made: Made) -> None:
    for kind in KINDS:
        for image, times in ((io.BytesIO(b"1"), 3), (Pipe(b"1"), 1)):
            wire = Script(httpx2.Response(503))
            client = Twin(kind, made.module, "FormEncoding", wire)
            with pytest.raises(made.module.ServiceUnavailableError):
                client.call("forms.send_parts", body={"image": image}, idempotent=True)
            client.close()
            assert [request.content.count(b"\r\n\r\n1\r\n") for request in wire.requests] == [1] * times


class Pipe(io.RawIOBase):
    """A file that can be read only once, and whose length nobody knows."""

    def __init__(self, content: bytes) -> None:
        self._rest = content

    def read(self, size: int = -1) -> bytes:
        """What is left."""
        rest, self._rest = self._rest, b""
        return rest
