"""Bodies, answers and statuses of the features, by both kinds of clients: what went over the wire, and what came."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from conftest import Made
from execution.twin import KINDS, Both, Script, Twin, answer

HERE = Path(__file__).parent
Make = Callable[[str | Path], Made]
Client = Callable[..., tuple[Twin, Script]]


@pytest.fixture
def client(make: Make, twin: Callable[..., Twin]) -> Client:
    """`client("feature", answer, ...)` gives a client of the feature's package, and the service that it talks to."""

    def made(feature: str, *replies: Any) -> tuple[Twin, Script]:
        script = Script(*(replies or (httpx2.Response(204),)))
        name = feature.title().replace("_", "")
        return twin(make(HERE / feature / "openapi.yaml").module, name, script, max_retries=0, policy="strict"), script

    return made


def reply(content: bytes, content_type: str, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, content=content, headers={"content-type": content_type})


# -- merge-patch (RFC 7396) ------------------------------------------------------------------------------------


def test_a_merge_patch_holds_what_was_set_and_null_for_what_is_removed(client: Client) -> None:
    things, service = client("merge_patch", answer({"name": "a"}))
    models = things.package.models

    def sent(body: Any) -> bytes:
        assert things.call("things.change_thing", 7, body=body).name == "a"
        request = service.requests[-1]
        assert (request.method, request.headers["content-type"]) == ("PATCH", "application/merge-patch+json")
        content: bytes = request.content
        return content

    assert sent(models.ThingPatch()) == b"{}"
    assert sent(models.ThingPatch(note=None)) == b'{"note":null}'
    assert sent(models.ThingPatch(name="b", owner={"mail": None})) == b'{"name":"b","owner":{"mail":null}}'
    assert sent(models.ThingPatch(owner=None, labels={"a": None, "b": "c"})) == (
        b'{"owner":null,"labels":{"a":null,"b":"c"}}'
    )
    # The document allows no null for the name; a mapping is sent as it is.
    assert sent({"name": None, "note": "n"}) == b'{"name":null,"note":"n"}'


# -- up --------------------------------------------------------------------------------------------------------


def pieces() -> Iterator[bytes]:
    yield b"con"
    yield b"tent"


async def pieces_to_await() -> AsyncIterator[bytes]:
    for piece in pieces():
        yield piece


def test_bytes_and_files_go_up_with_their_length(client: Client, tmp_path: Path) -> None:
    files, service = client("transfers")
    path = tmp_path / "content.bin"
    path.write_bytes(b"content")
    with path.open("rb") as file:
        for body in (b"content", io.BytesIO(b"content"), file):
            files.call("files.upload", "a", body=body)
            request = service.requests[-1]
            assert (request.method, request.content) == ("PUT", b"content")
            assert request.headers["content-type"] == "application/octet-stream"
            length, encoding = request.headers.get("content-length"), request.headers.get("transfer-encoding")
            # The asynchronous client reads a file piece by piece.
            expected = ("7", None) if files.kind == "sync" or body == b"content" else (None, "chunked")
            assert (length, encoding) == expected


def test_the_length_of_a_file_is_what_is_left_of_it(client: Client) -> None:
    files, service = client("transfers")
    file = io.BytesIO(b"skipped,content")
    file.seek(8)
    files.call("files.upload", "a", body=file)
    assert service.requests[-1].content == b"content"
    assert service.requests[-1].headers.get("content-length", "7") == "7"


def test_iterators_go_up_in_chunks(client: Client) -> None:
    files, service = client("transfers")
    for body in (pieces(), *([pieces_to_await()] if files.kind == "async" else [])):
        files.call("files.upload", "a", body=body)
        request = service.requests[-1]
        assert request.content == b"content"
        assert (request.headers["transfer-encoding"], request.headers.get("content-length")) == ("chunked", None)


def test_an_iterator_is_never_sent_twice(client: Client) -> None:
    files, service = client("transfers")
    for body in (pieces(), *([pieces_to_await()] if files.kind == "async" else [])):
        service.replies[:] = [httpx2.Response(503), httpx2.Response(204)]
        with pytest.raises(files.package.ServiceUnavailableError):
            files.call("files.upload", "a", body=body, max_retries=2)
    assert [request.content for request in service.requests] == [b"content"] * len(service.requests)
    service.replies[:] = [httpx2.Response(503), httpx2.Response(204)]
    files.call("files.upload", "a", body=io.BytesIO(b"again"), max_retries=2)
    assert [request.content for request in service.requests[-2:]] == [b"again", b"again"]


def test_what_a_client_cannot_read_is_refused_before_it_is_sent(client: Client) -> None:
    files, service = client("transfers")
    wrong: list[Any] = [{"a": 1}, 5, ["a"], io.StringIO("text")]
    if files.kind == "sync":
        wrong.append(pieces_to_await())
    for body in wrong:
        with pytest.raises(files.package.RequestError):
            files.call("files.upload", "a", body=body)
    assert service.requests == []


@pytest.mark.parametrize(
    ("body", "framing"),
    [
        (lambda: b"content", (b"Content-Length: 7", b"content")),
        (lambda: io.BytesIO(b"content"), None),
        (pieces, (b"Transfer-Encoding: chunked", b"3\r\ncon\r\n4\r\ntent\r\n0\r\n\r\n")),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_socket_sees(
    make: Make,
    kind: str,
    body: Callable[[], Any],
    framing: tuple[bytes, bytes] | None,
) -> None:
    package = make(HERE / "transfers" / "openapi.yaml").module
    if framing is None:
        framing = b"Content-Length: 7", b"content"
        if kind == "async":  # It reads a file piece by piece.
            framing = b"Transfer-Encoding: chunked", b"7\r\ncontent\r\n0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        seen: list[bytes] = []

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                text = b""
                while not text.endswith(framing[1]):
                    text += connection.recv(2**16)
                seen.append(text)
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        thread = Thread(target=serve, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        client = Twin(kind, package, "Transfers", serve, base_url=address, transport=None)  # type: ignore[arg-type]
        client.call("files.upload", "a/b", body=body())
        client.close()
        thread.join(5)
    head, _, content = seen[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /files/a%2Fb HTTP/1.1\r\n")
    assert framing[0].lower() in head.lower().split(b"\r\n")
    assert content == framing[1]


def test_text_goes_up_as_text_bytes_or_pieces(client: Client) -> None:
    files, service = client("transfers")
    for body in ("a,ü\n", "a,ü\n".encode(), io.BytesIO("a,ü\n".encode()), iter(["a,ü\n".encode()])):
        files.call("files.upload_table", "a", body=body)
        assert service.requests[-1].headers["content-type"] == "text/csv"
        assert service.requests[-1].content == b"a,\xc3\xbc\n"


def test_a_range_of_media_types_is_narrowed_by_a_header(client: Client) -> None:
    files, service = client("transfers")
    files.call("files.upload_picture", "a", body=b"1")
    assert service.requests[-1].headers["content-type"] == "application/octet-stream"
    files.call("files.upload_picture", "a", body=b"1", extra_headers={"Content-Type": "image/png"})
    assert service.requests[-1].headers.get_list("content-type") == ["image/png"]


# -- down ------------------------------------------------------------------------------------------------------


def test_bytes_come_down_whole_or_in_pieces(client: Client) -> None:
    body = httpx2.Response(
        200, headers={"content-type": "application/octet-stream"}, stream=Both(lambda: iter([b"\x00con", b"te", b"nt"]))
    )
    files, service = client("transfers", body)
    assert files.call("files.download", "a") == b"\x00content"
    assert service.requests[-1].headers["accept"] == "application/octet-stream"
    assert files.stream("files.download", lambda got: got.iter_bytes(), "a") == [b"\x00con", b"te", b"nt"]
    assert files.stream("files.download", lambda got: got.iter_bytes(4), "a") == [b"\x00con", b"tent"]
    assert files.stream("files.download", lambda got: got.parse(), "a") == b"\x00content"
    service.replies[:] = [reply(b"cont", "application/octet-stream", 206)]
    assert files.call("files.download", "a", range="bytes=0-3") == b"cont"
    assert service.requests[-1].headers["range"] == "bytes=0-3"


def test_a_streamed_error_is_raised(client: Client) -> None:
    files, _ = client("transfers", httpx2.Response(404, text="no"))
    with pytest.raises(files.package.NotFoundError):
        files.stream("files.download", lambda got: got.iter_bytes(), "a")


# -- statuses --------------------------------------------------------------------------------------------------


def test_ranges_of_statuses(client: Client) -> None:
    things, service = client("statuses")
    for status in (200, 201, 299):
        service.replies[:] = [answer({"name": "a"}, status)]
        assert things.call("things.get_ranges") == things.package.models.Thing(name="a")

    def error(status: int, content: bytes, content_type: str) -> Any:
        service.replies[:] = [reply(content, content_type, status)]
        with pytest.raises(things.package.StatusError) as caught:
            things.call("things.get_ranges")
        assert caught.value.status_code == status
        return caught.value

    assert error(404, b'{"what": "w"}', "application/json").body == things.package.models.Missing(what="w")
    assert error(422, b'{"title": "t"}', "application/problem+json").body.title == "t"
    assert error(599, b"broken", "text/plain").body == "broken"
    assert type(error(500, b"broken", "text/plain")) is things.package.InternalServerError
    assert error(302, b"", "text/plain").body is None


def test_default_is_a_success_only_where_no_other_is_documented(client: Client) -> None:
    things, service = client("statuses", answer({"name": "a"}, 202))
    assert things.call("things.get_default").name == "a"
    with pytest.raises(things.package.UnexpectedStatusError):
        things.call("things.get_or_fail")
    service.replies[:] = [reply(b'{"title": "t"}', "application/problem+json", 409)]
    with pytest.raises(things.package.ConflictError) as caught:
        things.call("things.get_or_fail")
    assert caught.value.body.title == "t"
    service.replies[:] = [answer({"name": "b"}, 500)]
    with pytest.raises(things.package.InternalServerError) as caught:
        things.call("things.get_default")
    assert caught.value.body.name == "b"


def test_answers_without_a_body(client: Client) -> None:
    things, service = client("statuses", httpx2.Response(204))
    assert things.call("things.get_either") is None
    assert things.call("things.delete_nothing") is None
    service.replies[:] = [answer({"name": "a"})]
    assert things.call("things.get_either").name == "a"
    service.replies[:] = [httpx2.Response(205)]
    assert things.call("things.reset") is None
    service.replies[:] = [httpx2.Response(200, headers={"content-type": "application/json", "content-length": "12"})]
    assert things.call("things.head_cached") is None
    assert service.requests[-1].method == "HEAD"
    assert things.raw("things.head_cached").headers["content-length"] == "12"


def test_a_method_says_that_it_gives_nothing(make: Make) -> None:
    things = make(HERE / "statuses" / "openapi.yaml").module.Statuses(base_url="https://a.example").things
    for method in (things.head_cached, things.delete_nothing, things.reset):
        assert method.__annotations__["return"] == "None"
    assert things.get_either.__annotations__["return"] == "models.Thing | None"


def test_not_modified_and_elsewhere_are_raised(client: Client) -> None:
    things, service = client("statuses", httpx2.Response(304, headers={"etag": '"1"'}))
    with pytest.raises(things.package.StatusError) as caught:
        things.call("things.get_cached", if_none_match='"1"')
    assert (caught.value.status_code, caught.value.body) == (304, None)
    assert service.requests[-1].headers["if-none-match"] == '"1"'
    service.replies[:] = [httpx2.Response(302, headers={"location": "https://api.example.com/ranges"})]
    with pytest.raises(things.package.StatusError) as caught:
        things.call("things.get_elsewhere")
    assert caught.value.response.headers["location"] == "https://api.example.com/ranges"


# -- several media types ---------------------------------------------------------------------------------------


def test_an_answer_is_read_by_what_it_says_it_is(client: Client) -> None:
    reports, service = client("negotiation", reply(b'{"total": 1}', "application/json"))
    assert reports.call("reports.get_report") == reports.package.models.Report(total=1)
    assert service.requests[-1].headers["accept"] == "application/json, application/problem+json"
    service.replies[:] = [reply(b'{"total": 1}', "application/hal+json; charset=utf-8")]
    assert reports.call("reports.get_report").total == 1
    service.replies[:] = [reply("a,ü".encode("utf-16"), "text/csv; charset=UTF-16; header=present")]
    assert reports.call("reports.get_report", accept="text/csv") == "a,ü"
    assert service.requests[-1].headers.get_list("accept") == ["text/csv"]
    assert reports.call("reports.get_report", accept="text/csv", extra_headers={"Accept": "text/csv"}) == "a,ü"
    assert service.requests[-1].headers.get_list("accept") == ["text/csv"]
    service.replies[:] = [reply(b"%PDF", "Application/PDF")]
    assert reports.call("reports.get_report") == b"%PDF"
    service.replies[:] = [reply(b"PNG", "image/png")]  # Another binary type than the documented one.
    assert reports.call("reports.get_report", accept="application/pdf") == b"PNG"
    for content_type in ("text/html", "application/xml"):
        service.replies[:] = [reply(b"<html>", content_type)]
        with pytest.raises(reports.package.UndecodableResponseError, match="expected application/json or text/csv"):
            reports.call("reports.get_report")
    for charset in ("utf-8", "nonsense", ""):
        service.replies[:] = [reply(b"\xff", f"text/csv; charset={charset}")]
        with pytest.raises(reports.package.UndecodableResponseError):
            reports.call("reports.get_report")


def test_parameters_of_a_media_type_tell_versions_apart(client: Client) -> None:
    reports, service = client("negotiation")
    for content_type, body, name in (
        ("application/vnd.report+json; version=1", {"total": 1}, "Report"),
        ("application/vnd.report+json;version=2", {"sum": 2}, "Report2"),
        ('application/vnd.report+json; charset=utf-8; Version="2"', {"sum": 2}, "Report2"),
        ("application/vnd.report+json", {"total": 1}, "Report"),
        ("application/vnd.report+json; version=3", {"total": 1}, "Report"),
    ):
        service.replies[:] = [reply(json.dumps(body).encode(), content_type)]
        assert type(reports.call("reports.get_version")).__name__ == name
    service.replies[:] = [httpx2.Response(204)]
    reports.call("reports.put_version", body={"sum": 1})
    assert service.requests[-1].headers["content-type"] == "application/vnd.report+json; version=2"


def test_the_most_specific_range_counts(client: Client) -> None:
    reports, service = client("negotiation")
    for content, content_type, expected in (
        (b'{"total": 1}', "application/json", {"total": 1}),
        (b"<html>", "text/html", "<html>"),
        (b"\x89PNG", "image/png", b"\x89PNG"),
        (b"a", "audio/mpeg", b"a"),
    ):
        service.replies[:] = [reply(content, content_type)]
        assert reports.package.to_jsonable(reports.call("reports.get_anything")) == expected
    service.replies[:] = [reply(b"a", "application/xml")]
    with pytest.raises(reports.package.UndecodableResponseError):
        reports.call("reports.get_anything")


def test_a_text_of_any_type_is_json_or_itself(client: Client) -> None:
    reports, service = client("negotiation")
    for content, content_type in (
        (b'"a"', "application/json"),
        (b"a", "text/plain"),
        (b"a", "text/plain;charset=UTF-8"),
    ):
        service.replies[:] = [reply(content, content_type)]
        assert reports.call("reports.get_word") == "a"
    service.replies[:] = [reply(b"a", "image/png")]
    with pytest.raises(reports.package.UndecodableResponseError):
        reports.call("reports.get_word")


def test_text_is_sent_in_the_charset_that_is_said(client: Client) -> None:
    reports, service = client("negotiation", reply(b"fine", "text/plain"))
    assert reports.call("reports.put_latin", body="häh") == "fine"
    assert service.requests[-1].headers["content-type"] == "text/plain; charset=iso-8859-1"
    assert service.requests[-1].content == b"h\xe4h"
    for text in ("漢", "\ud800"):
        with pytest.raises(reports.package.RequestError):
            reports.call("reports.put_latin", body=text)
    service.replies[:] = [httpx2.Response(204)]
    reports.call("reports.put_anything", body="häh")
    assert service.requests[-1].headers["content-type"] == "text/plain; charset=utf-8"
    assert service.requests[-1].content == "häh".encode()
    with pytest.raises(reports.package.RequestError):
        reports.call("reports.put_anything", body="\ud800")
