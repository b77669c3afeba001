"""Every style and explode of a parameter: OpenAPI 3.1, section 4.8.12, "Style Examples"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from conftest import Made
from execution.twin import Script, Twin

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


def test_reserved_signs_within_lists(wire: Callable[..., httpx2.Request]) -> None:
    assert wire("reserved_list", q=["a/b", "c&d"]).url.query.decode() == "q=a/b,c%26d"
    assert wire("reserved_list", q=["a,b"]).url.query.decode() == "q=a,b"
    assert wire("reserved_map", q={"a/b": "c:d"}).url.query.decode() == "q%5Ba%2Fb%5D=c:d"


ODD = "a/b;c,d=e?f#g%h ä"
ENCODED = "a%2Fb%3Bc%2Cd%3De%3Ff%23g%25h%20%C3%A4"


@pytest.mark.parametrize(
    ("name", "text", "listed", "mapped"),
    [
        ("simple_plain", "{0}", "{0},x", "{0},{0}"),
        ("simple_exploded", "{0}", "{0},x", "{0}={0}"),
        ("label_plain", ".{0}", ".{0},x", ".{0},{0}"),
        ("label_exploded", ".{0}", ".{0}.x", ".{0}={0}"),
        ("matrix_plain", ";text={0}", ";list={0},x", ";map={0},{0}"),
        ("matrix_exploded", ";text={0}", ";list={0};list=x", ";{0}={0}"),
    ],
)
def test_a_path_is_encoded(wire: Callable[..., httpx2.Request], name: str, text: str, listed: str, mapped: str) -> None:
    request = wire(name, text=ODD, list=[ODD, "x"], map={ODD: ODD})
    assert request.url.raw_path.decode() == f"/{name}/{text}/{listed}/{mapped}".format(ENCODED)


@pytest.mark.parametrize(
    ("name", "given", "path"),
    [
        ("matrix_plain", {"text": ""}, ";text/;list=x/;map=k,v"),
        ("matrix_exploded", {"text": ""}, ";text/;list=x/;k=v"),
        ("matrix_exploded", {"list": ["", "a"]}, ";text=x/;list;list=a/;k=v"),
        ("matrix_exploded", {"map": {"k": "", "l": "v"}}, ";text=x/;list=x/;k;l=v"),
        ("simple_plain", {"list": ["", "a"]}, "x/,a/k,v"),
        ("simple_exploded", {"map": {"k": ""}}, "x/x/k="),
        ("label_exploded", {"list": ["a", ""]}, ".x/.a./.k=v"),
        ("simple_plain", {"text": ".."}, "%2E%2E/x/k,v"),
        ("label_plain", {"text": "."}, ".%2E/.x/.k,v"),
        ("label_plain", {"list": ["."]}, ".x/.%2E/.k,v"),
        ("label_exploded", {"list": ["", ""]}, ".x/.%2E/.k=v"),
    ],
)
def test_empty_values_and_dots_in_a_path(
    wire: Callable[..., httpx2.Request], name: str, given: dict[str, object], path: str
) -> None:
    request = wire(name, **{"text": "x", "list": ["x"], "map": {"k": "v"}, **given})
    assert request.url.raw_path.decode() == f"/{name}/{path}"


@pytest.mark.parametrize("name", ["simple_plain", "label_plain", "label_exploded", "matrix_plain", "matrix_exploded"])
@pytest.mark.parametrize("given", [{"text": ""}, {"list": []}, {"map": {}}, {"map": {"a": None}}])
def test_a_segment_of_a_path_is_never_empty(
    wire: Callable[..., httpx2.Request], name: str, given: dict[str, object]
) -> None:
    if name.startswith("matrix") and "text" in given:
        return  # It has a form: `;text`.
    with pytest.raises(ValueError, match="must not be empty"):
        wire(name, **{"text": "x", "list": ["x"], "map": {"k": "v"}, **given})


@pytest.mark.parametrize("name", ["form_plain", "form_exploded"])
def test_empty_values_of_a_query(wire: Callable[..., httpx2.Request], name: str) -> None:
    assert wire(name, text="").url.query == b"text="
    assert wire(name, list=[""]).url.query == b"list="
    assert wire(name, list=[], map={}).url.query == b""
    assert wire(name, text=None, map={"a": None}).url.query == b""
    assert wire(name, list=["a&b=c", "d,e"]).url.query.count(b"&") == (1 if name == "form_exploded" else 0)
    assert b"a%26b%3Dc" in wire(name, list=["a&b=c"]).url.query


@pytest.mark.parametrize("name", ["cookie_plain", "cookie_exploded"])
def test_no_cookie_can_start_another(wire: Callable[..., httpx2.Request], name: str) -> None:
    cookies = wire(name, text="a; b=c", list=["d, e"], map={"k; admin": "1\r\nX: y"}).headers["cookie"]
    parts = cookies.split("; ")
    assert len(parts) == 3
    assert parts[0] == "text=a%3B%20b%3Dc"
    assert parts[1] == "list=d%2C%20e"
    assert parts[2] in ("map=k%3B%20admin,1%0D%0AX%3A%20y", "k%3B%20admin=1%0D%0AX%3A%20y")


@pytest.fixture
def wire(make: Callable[[str | Path], Made], twin: Callable[..., Twin]) -> Callable[..., httpx2.Request]:
    """Call a method of the feature by either kind of client, and give the request."""
    module = make(Path(__file__).parent / "styles" / "openapi.yaml").module

    def call(name: str, **arguments: object) -> httpx2.Request:
        seen = Script(httpx2.Response(204))
        twin(module, "Styles", seen).call(f"wire.{name}", **arguments)
        return seen.requests[-1]

    return call
