"""What every package must do in the environment of its user: run there, without the toolkit and without pytest.

python package_smoke.py NAME...     calls each operation of each package, and loads each model
python package_smoke.py             exercises the package of `features/violations`
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import importlib.util
import json
import logging
import pickle
import socket
import sys
import threading
import time
import warnings
from typing import Any

import httpx2
import pydantic

FINE: dict[str, Any] = {
    "id": 1, "name": "n", "when": "2024-05-01T12:00:00.500000Z", "state": "new", "count": 3, "few": ["a"],
    "pair": [1, "b"], "ages": {"a": 1}, "closed": {"a": 1},
    "shapes": [{"kind": "circle", "radius": 1.5}, {"kind": "square", "side": 400}],
    "loose": {"right": "x"}, "text_or_left": {"left": 1}, "child": {"id": 2, "name": "c"}, "unlisted": {"x": [1, None]},
}  # fmt: skip
# What is wrong, and the location of the violation.
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"id": "1"}, "/id"),
    ({"when": "tomorrow"}, "/when"),
    ({"state": 5}, "/state"),
    ({"few": ["a", 1]}, "/few/1"),
    ({"pair": [1, 2]}, "/pair/1"),
    ({"ages": {"a": "x"}}, "/ages/a"),
    ({"closed": {"b": 1}}, "/closed/b"),
    ({"name": None}, "/name"),
    ({"count": 6}, "/count"),
    ({"shapes": [{"kind": "circle", "radius": "x"}]}, "/shapes/0/radius"),
    ({"shapes": [{"kind": "triangle"}]}, "/shapes/0"),
    ({"child": {"id": 2}}, "/child/name"),
]


def call_everything(name: str) -> None:
    """Call each operation, answered by 404, and load each model."""
    package = importlib.import_module(name)
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations
    with open(spec.submodule_search_locations[0] + "/_spec/operations.json", encoding="utf-8") as file:
        table = json.load(file)
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(404, json={"message": "no", "id": "not_found", "type": "NOT_FOUND", "error": {}})

    credentials = {argument: "x" for parts in table["credentials"].values() for argument in parts.values()}
    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http_client:
        client = getattr(package, table["client"])(**credentials, http_client=http_client)
        for row in table["operations"]:
            group, method = row["call"].split(".")
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)
                    client.raw(getattr(getattr(client, group), method), **row["example"])
            except package.NotFoundError:
                pass
    for model in dir(package.models):
        made = getattr(package.models, model)
        if isinstance(made, type) and issubclass(made, pydantic.BaseModel):
            made.model_rebuild()
            made.model_json_schema()
    assert len(seen) == len(table["operations"])
    version = importlib.metadata.version(name.replace("_", "-"))
    print(f"  {name} {version}: {len(seen)} operations called, {len(dir(package.models))} models")


def read_responses() -> None:
    """Valid and invalid responses, by both clients and both policies."""
    package = importlib.import_module("schemaviolations_client")

    def client(text: str, **options: Any) -> Any:
        reply: dict[str, Any] = {"content": text.encode(), "headers": {"content-type": "application/json"}}
        transport = httpx2.MockTransport(lambda _: httpx2.Response(200, **reply))
        return package.SchemaViolations(transport=transport, **options)

    thing = client(json.dumps(FINE), policy="strict").api.get_thing(1)
    assert thing.to_dict() == FINE, thing.to_dict()
    assert thing.when.microsecond == 500_000
    assert thing.state is package.models.ThingState.NEW
    assert type(thing.shapes[1]).__name__ == "Square"
    assert type(thing.loose).__name__ == "Right"
    assert type(thing.child) is package.models.Thing
    assert pickle.loads(pickle.dumps(thing)) == thing

    async def asynchronous() -> Any:
        transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=FINE))
        async with package.AsyncSchemaViolations(transport=transport, policy="strict") as own:
            return await own.api.get_thing(1)

    assert asyncio.run(asynchronous()) == thing
    model = package.models.Thing
    # What the fast validator refuses and the fallback accepts.
    odd = '{"id": 1.0, "name": "n", "when": "2016-12-31T23:59:60Z", "child": {"id": 1e0, "name": "c"}, "long": %s}'
    digits = "0.12345678901234567891"
    value = client(odd % digits, policy="strict").api.get_thing(1)
    assert (value.id, value.child.id, type(value.child.id)) == (1, 1, int)
    assert json.loads(value.to_json())["when"] == "2016-12-31T23:59:60Z"
    assert digits in value.to_json()
    for change, pointer in WRONG:
        body = {**FINE, **change}
        response = (own := client(json.dumps(body))).raw(own.api.get_thing, 1)
        found = [violation.pointer for violation in response.violations]
        assert pointer in found, (change, found)
        assert response.value.to_dict() == body, (change, response.value.to_dict())
        assert json.loads(response.value.to_json()) == body
        assert type(response.value) is model
        found = []
        try:
            client(json.dumps(body), policy="strict").api.get_thing(1)
        except package.InvalidResponseError as error:
            found = [violation.pointer for violation in error.violations]
        assert pointer in found, change
    dump(model, thing)
    print(f"  pydantic {pydantic.VERSION}, httpx2 {httpx2.__version__}: {len(WRONG)} invalid responses read")


def use_sockets() -> None:
    """The transports of the package: responses, reuse of connections, what is sent too much, and slow headers."""
    package = importlib.import_module("schemaviolations_client")
    text = json.dumps(FINE).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text)
    replies = {
        b"1": [head + text],
        b"2": [head + text + head + b"x" * len(text)],
        b"3": [b"HTTP/1.1 200 OK\r\nX: "] + [b"x"] * 40,
    }
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[Any] = []

    def serve(connection: socket.socket) -> None:
        try:
            while request := connection.recv(65_536):
                for piece in replies[request.split(b" ")[1].rpartition(b"/")[2]]:
                    connection.sendall(piece)
                    time.sleep(0.05 if len(piece) == 1 else 0)
        except OSError:
            pass

    def accept() -> None:
        while True:
            connections.append(listener.accept()[0])
            threading.Thread(target=serve, args=(connections[-1],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    options = {"base_url": f"http://127.0.0.1:{listener.getsockname()[1]}", "policy": "strict", "max_retries": 0}
    expected = [FINE, FINE, FINE, FINE, "APITimeoutError"]
    client = package.SchemaViolations(**options)
    results = []
    for number in (1, 1, 2, 1, 3):
        try:
            results.append(client.api.get_thing(number, timeout=0.5).to_dict())
        except package.APIError as error:
            results.append(type(error).__name__)
    assert results == expected, results
    assert len(connections) == 2, "the connection with a second response is closed, all others are reused"

    async def asynchronous() -> list[Any]:
        found = []
        async with package.AsyncSchemaViolations(**options) as own:
            for number in (1, 1, 2, 1, 3):
                try:
                    found.append((await own.api.get_thing(number, timeout=0.5)).to_dict())
                except package.APIError as error:
                    found.append(type(error).__name__)
        return found

    assert asyncio.run(asynchronous()) == expected
    assert len(connections) == 4
    print("  both transports hold their limits on sockets")


def use_extras() -> None:
    """Every keyword enforced by jsonschema-rs; a span per attempt."""
    package = importlib.import_module("schemaviolations_client")
    trace = importlib.import_module("opentelemetry.sdk.trace")
    exporters = importlib.import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    processors = importlib.import_module("opentelemetry.sdk.trace.export")
    exporter = exporters.InMemorySpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(processors.SimpleSpanProcessor(exporter))
    tracing = importlib.import_module("schemaviolations_client._core._tracing").Tracing(provider)
    body = {**FINE, "few": ["a", "a"], "state": "future"}
    client = package.SchemaViolations(
        transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json=body)),
        config=package.Config(enforce_all=True),
        middleware=[tracing],
    )
    found = [violation.pointer for violation in client.raw(client.api.get_thing, 1).violations]
    assert sorted(found) == ["/few", "/state"], found
    assert [span.name for span in exporter.get_finished_spans()] == ["GET /things/{id}"]
    print(f"  jsonschema-rs {importlib.metadata.version('jsonschema-rs')}, "
          f"opentelemetry {importlib.metadata.version('opentelemetry-api')}")  # fmt: skip


def list_of(model: Any) -> Any:
    """The type of lists of a model."""
    return list[model]


def dump(model: Any, thing: Any) -> None:
    """Dumps leave unset fields out, and validate again, also as part of other types."""
    many: Any = pydantic.TypeAdapter(list_of(model))

    class Outer(pydantic.BaseModel):
        things: list_of(model)  # type: ignore[valid-type]  # pyright: ignore[reportInvalidTypeForm]
        other: Any = None

    outer = Outer(things=[thing], other=thing)
    assert model.model_validate(FINE) == model.model_validate_json(json.dumps(FINE)) == thing
    assert thing.model_dump(mode="json") == json.loads(thing.model_dump_json()) == FINE
    assert many.dump_python([thing], mode="json") == json.loads(many.dump_json([thing])) == [FINE]
    assert outer.model_dump(mode="json") == json.loads(outer.model_dump_json()) == {"things": [FINE], "other": FINE}
    for mode in ("python", "json"):
        assert model.model_validate(thing.model_dump(mode=mode)) == thing
        assert many.validate_python(many.dump_python([thing], mode=mode)) == [thing]
        assert Outer.model_validate(outer.model_dump(mode=mode)).things == [thing]
    assert many.validate_json(many.dump_json([thing])) == [thing]
    built = model(id=3, name="b", state="old", when="2024-05-01T12:00:00Z")
    assert model.model_validate(built.model_dump(mode="json")) == built
    assert built.model_dump(mode="json") == {"id": 3, "name": "b", "when": "2024-05-01T12:00:00Z", "state": "old"}


if __name__ == "__main__":
    assert importlib.util.find_spec("speclient") is None
    if sys.argv[1:]:
        for argument in sys.argv[1:]:
            call_everything(argument)
    else:
        logging.disable(logging.WARNING)
        read_responses()
        use_sockets()
        use_extras()
