"""Every style and explode of a parameter: OpenAPI 3.1, section 4.8.12, "Style Examples"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests_support import Made, recorder

TEXT, LIST, MAP = "blue", ["blue", "black"], {"R": "100", "G": "200"}


@pytest.mark.parametrize(
    ("name", "text", "listed", "mapped"),
    [
        ("simple_plain", "blue", "blue,black", "R,100,G,200"),
        ("simple_exploded", "blue", "blue,black", "R=100,G=200"),
        ("label_plain", ".blue", ".blue,black", ".R,100,G,200"),
        ("label_exploded", ".blue", ".blue.black", ".R=100.G=200"),
        ("matrix_plain", ";text=blue", ";list=blue,black", ";map=R,100,G,200"),
        ("matrix_exploded", ";text=blue", ";list=blue;list=black", ";R=100;G=200"),
    ],
)
def test_path(wire: Callable[..., httpx2.Request], name: str, text: str, listed: str, mapped: str) -> None:
    request = wire(name, text=TEXT, list=LIST, map=MAP)
    assert request.url.raw_path.decode() == f"/{name}/{text}/{listed}/{mapped}"


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("form_plain", "text=blue&list=blue,black&map=R,100,G,200"),
        ("form_exploded", "text=blue&list=blue&list=black&R=100&G=200"),
        ("spacedelimited_plain", "list=blue%20black&map=R%20100%20G%20200"),
        ("spacedelimited_exploded", "list=blue&list=black&R=100&G=200"),
        ("pipedelimited_plain", "list=blue%7Cblack&map=R%7C100%7CG%7C200"),
        ("pipedelimited_exploded", "list=blue&list=black&R=100&G=200"),
        ("deepobject_exploded", "map%5BR%5D=100&map%5BG%5D=200"),
    ],
)
def test_query(wire: Callable[..., httpx2.Request], name: str, query: str) -> None:
    arguments = {"text": TEXT, "list": LIST, "map": MAP}
    taken = {key: value for key, value in arguments.items() if f"{key}=" in query or key == "map"}
    assert wire(name, **taken).url.query.decode() == query


@pytest.mark.parametrize(("name", "mapped"), [("header_plain", "R,100,G,200"), ("header_exploded", "R=100,G=200")])
def test_header(wire: Callable[..., httpx2.Request], name: str, mapped: str) -> None:
    headers = wire(name, text=TEXT, list=LIST, map=MAP).headers
    assert (headers["text"], headers["list"], headers["map"]) == ("blue", "blue,black", mapped)


@pytest.mark.parametrize(
    ("name", "cookies"),
    [
        ("cookie_plain", "text=blue; list=blue,black; map=R,100,G,200"),
        ("cookie_exploded", "text=blue; list=blue; list=black; R=100; G=200"),
    ],
)
def test_cookie(wire: Callable[..., httpx2.Request], name: str, cookies: str) -> None:
    assert wire(name, text=TEXT, list=LIST, map=MAP).headers["cookie"] == cookies


def test_reserved_signs(wire: Callable[..., httpx2.Request]) -> None:
    assert wire("reserved", q="a/b?c:d@e,f&g=h+i#j%k").url.query.decode() == "q=a/b?c:d@e,f%26g%3Dh%2Bi%23j%25k"


@pytest.fixture
def wire(make: Callable[[str | Path], Made]) -> Callable[..., httpx2.Request]:
    """Call a method of the feature, and give the request."""
    made = make(Path(__file__).parent / "styles" / "openapi.yaml")

    def call(name: str, **arguments: object) -> httpx2.Request:
        seen = recorder(httpx2.Response(204))
        getattr(made.client(seen).wire, name)(**arguments)
        return seen.request

    return call
