"""The engine can fail: every faulty client here is found, and the right one passes.

Each mutant is the reference client with one step replaced, by a mistake that published clients have made.
"""

# The mutants replace methods by lambdas, which cannot be annotated.
# pyright: reportUnknownLambdaType=false

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest

from speclient.contract import (
    ContractFailure,
    Finding,
    Package,
    Profile,
    ResponseContract,
    Session,
    check_awkward_values,
    check_faults,
    check_refusals,
    check_requests,
    loopback,
)
from speclient.contract.package import Method

Mutation = Callable[[Any, ModuleType], None]

PROFILE = Profile(examples=20, shrink=False)


def findings(package: Package, operation: str, side: str, until: str = "") -> list[Finding]:
    """What the engine says about one operation, on one side, up to a finding of `until`."""
    method = method_of(package, operation)
    found: list[Finding] = []
    for check in checks(package, method, side):
        try:
            check()
        except ContractFailure as failure:
            found.extend(failure.findings)
        if until in {finding.check for finding in found}:
            break
    return found


def checks(package: Package, method: Method, side: str) -> Iterator[Callable[[], None]]:
    """Every check of one side, the quick ones first."""
    if side == "request":
        yield partial(check_refusals, package, method)
        yield partial(check_awkward_values, Session(package), method)
        yield partial(check_requests, package, method, PROFILE)
        return
    contract = ResponseContract(package, method)
    yield partial(check_faults, contract)
    for answer in contract.responses:
        if answer.has_schema:
            yield partial(contract.check_sweep, answer)
            yield partial(contract.check_random, answer, PROFILE)
        else:
            yield partial(contract.check_plain, answer)


def method_of(package: Package, operation_id: str) -> Method:
    return next(each for each in package.methods if each.operation.raw["operationId"] == operation_id)


OPERATIONS = ("listParcels", "createParcel", "getParcel", "deleteParcel", "getShape")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("side", ["request", "response"])
def test_the_right_client_has_no_finding(parcels: Package, operation: str, side: str) -> None:
    assert findings(parcels, operation, side) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_right_client_has_no_finding_over_a_socket(parcels: Package, operation: str) -> None:
    with loopback(parcels) as session:
        check_awkward_values(session, method_of(parcels, operation))


def test_the_table_of_the_right_client_is_whole(parcels: Package) -> None:
    assert list(parcels.judge_table()) == []


def test_a_parameter_without_an_argument_is_found(parcels: Package) -> None:
    table = json.loads(json.dumps(parcels.table))
    del table["operations"][0]["parameters"][0]
    del table["operations"][3]
    found = [finding.check for finding in replace(parcels, table=table).judge_table()]
    assert found == ["table.argument", "table.operation"]


def mutant(parcels: Package, mutation: Mutation) -> Package:
    """The package with a client class of its own, changed by `mutation`."""
    module = ModuleType(parcels.name)
    vars(module).update(vars(parcels.module))
    client: Any = type("Parcels", (parcels.module.Parcels,), {})
    vars(module)["Parcels"] = client
    mutation(client, module)
    return replace(parcels, module=module)


# Request side.


def drops_falsy_values(client: Any, module: ModuleType) -> None:
    pair = client.pair
    client.pair = lambda self, name, value: pair(self, name, value or None)


def sends_none_as_text(client: Any, module: ModuleType) -> None:
    client.pair = lambda self, name, value: f"{name}={self.quote(value)}"


def leaves_slashes_in_segments(client: Any, module: ModuleType) -> None:
    client.segment = lambda self, value: quote(self.text(value), safe="/")


def leaves_dots_in_segments(client: Any, module: ModuleType) -> None:
    client.segment = lambda self, value: self.quote(value)


def encodes_twice(client: Any, module: ModuleType) -> None:
    client.segment = lambda self, value: quote(self.quote(value), safe="")


def leaves_delimiters_bare(client: Any, module: ModuleType) -> None:
    client.quote = lambda self, value, safe="": quote(self.text(value), safe="&=#,|")


def sends_spaces_as_plus(client: Any, module: ModuleType) -> None:
    client.pair = lambda self, name, value: None if value is None else urlencode({name: self.text(value)})


def decodes_escapes_in_values(client: Any, module: ModuleType) -> None:
    client.quote = lambda self, value, safe="": quote(self.text(value), safe="%")


def writes_python_booleans(client: Any, module: ModuleType) -> None:
    client.text = lambda self, value: str(value)


def joins_exploded_lists(client: Any, module: ModuleType) -> None:
    joined = client.list
    client.list = lambda self, *, tags=None, **rest: joined(self, tags=[",".join(tags)] if tags else None, **rest)


def explodes_joined_lists(client: Any, module: ModuleType) -> None:
    client.joined = lambda self, name, values, delimiter: "&".join(
        f"{name}={self.quote(value)}" for value in values or ()
    )


def joins_before_encoding(client: Any, module: ModuleType) -> None:
    client.joined = lambda self, name, values, delimiter: (
        None if not values else f"{name}=" + self.quote(delimiter.join(map(str, values)))
    )


def joins_with_commas_always(client: Any, module: ModuleType) -> None:
    joined = client.joined
    client.joined = lambda self, name, values, delimiter: joined(self, name, values, ",")


def sends_credentials_to_public_operations(client: Any, module: ModuleType) -> None:
    client.nobody = client.bearer


def sends_no_credentials(client: Any, module: ModuleType) -> None:
    client.bearer = client.nobody


def sends_half_of_a_requirement(client: Any, module: ModuleType) -> None:
    def half(self: Any, pieces: list[str], headers: dict[str, str]) -> None:
        headers["X-Api-Key"] = self.header_key

    client.pair_and_key = half


def sends_all_credentials(client: Any, module: ModuleType) -> None:
    bearer = client.bearer

    def everything(self: Any, pieces: list[str], headers: dict[str, str]) -> None:
        bearer(self, pieces, headers)
        pieces.append(f"api_key={self.query_key}")

    client.bearer = everything


def encodes_passwords_as_latin_1(client: Any, module: ModuleType) -> None:
    def latin(self: Any, pieces: list[str], headers: dict[str, str]) -> None:
        pair = f"{self.username}:{self.password}".encode("latin-1")
        headers["Authorization"] = "Basic " + module.base64.b64encode(pair).decode()
        headers["X-Api-Key"] = self.header_key

    client.pair_and_key = latin


def accepts_anything(client: Any, module: ModuleType) -> None:
    client.accept = lambda self, operation: "*/*"


def adds_a_query_parameter(client: Any, module: ModuleType) -> None:
    bearer = client.bearer

    def traced(self: Any, pieces: list[str], headers: dict[str, str]) -> None:
        bearer(self, pieces, headers)
        pieces.append("client=python")

    client.bearer = traced


def adds_a_header(client: Any, module: ModuleType) -> None:
    bearer = client.bearer

    def traced(self: Any, pieces: list[str], headers: dict[str, str]) -> None:
        bearer(self, pieces, headers)
        headers["X-Client-Version"] = "1"

    client.bearer = traced


def drops_the_base_path(client: Any, module: ModuleType) -> None:
    start = client.__init__

    def init(self: Any, *arguments: Any, **rest: Any) -> None:
        start(self, *arguments, **rest)
        self.base_url = str(httpx2.URL(self.base_url).copy_with(path="/")).rstrip("/")

    client.__init__ = init


def keeps_the_slash_of_the_base(client: Any, module: ModuleType) -> None:
    start = client.__init__

    def init(self: Any, *arguments: Any, **rest: Any) -> None:
        start(self, *arguments, **rest)
        self.base_url += "/"

    client.__init__ = init


def rounds_numbers_in_bodies(client: Any, module: ModuleType) -> None:
    create = client.create
    client.create = lambda self, *, body: create(self, body={**body, "weight": float(round(body["weight"], 2))})


def drops_nulls_in_bodies(client: Any, module: ModuleType) -> None:
    create: Callable[..., object] = client.create

    def without_nulls(self: Any, *, body: dict[str, object]) -> object:
        return create(self, body={name: value for name, value in body.items() if value is not None})

    client.create = without_nulls


def lets_headers_be_split(client: Any, module: ModuleType) -> None:
    client.header = lambda self, value: value.encode("utf-8", "surrogatepass").decode("latin-1")


def swaps_two_path_values(client: Any, module: ModuleType) -> None:
    shape = client.shape
    client.shape = lambda self, dots, pairs, folder, name, extension: shape(self, dots, pairs, name, folder, extension)


def asks_twice(client: Any, module: ModuleType) -> None:
    transmit = client.transmit

    def twice(self: Any, request: httpx2.Request) -> httpx2.Response:
        try:
            return transmit(self, request)  # type: ignore[no-any-return]
        except httpx2.ConnectError:
            return transmit(self, request)  # type: ignore[no-any-return]

    client.transmit = twice


REQUEST_MUTANTS: list[tuple[Mutation, str, str]] = [
    (drops_falsy_values, "getParcel", "wire.query"),
    (sends_none_as_text, "listParcels", "wire.query.undeclared"),
    (leaves_slashes_in_segments, "getParcel", "wire.path"),
    (leaves_dots_in_segments, "getParcel", "wire.path"),
    (encodes_twice, "getParcel", "wire.path"),
    (leaves_delimiters_bare, "listParcels", "wire.query"),
    (sends_spaces_as_plus, "listParcels", "wire.query"),
    (decodes_escapes_in_values, "getParcel", "wire.path"),
    (writes_python_booleans, "getParcel", "wire.query"),
    (joins_exploded_lists, "listParcels", "wire.query"),
    (explodes_joined_lists, "listParcels", "wire.query"),
    (joins_before_encoding, "listParcels", "wire.query"),
    (joins_with_commas_always, "listParcels", "wire.query"),
    (sends_credentials_to_public_operations, "getParcel", "wire.security"),
    (sends_no_credentials, "deleteParcel", "wire.security"),
    (sends_half_of_a_requirement, "createParcel", "wire.security"),
    (sends_all_credentials, "deleteParcel", "wire.security"),
    (encodes_passwords_as_latin_1, "createParcel", "wire.security"),
    (accepts_anything, "getShape", "wire.accept"),
    (adds_a_query_parameter, "deleteParcel", "wire.query.undeclared"),
    (adds_a_header, "deleteParcel", "wire.header.undeclared"),
    (drops_the_base_path, "getParcel", "wire.path"),
    (keeps_the_slash_of_the_base, "getParcel", "wire.path"),
    (rounds_numbers_in_bodies, "createParcel", "wire.body"),
    (drops_nulls_in_bodies, "createParcel", "wire.body"),
    (lets_headers_be_split, "listParcels", "call.refusal"),
    (swaps_two_path_values, "getShape", "wire.path"),
    (asks_twice, "getParcel", "call.requests"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mutation", "operation", "check"), REQUEST_MUTANTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_client_that_sends_something_else_is_found(
    parcels: Package, mutation: Mutation, operation: str, check: str
) -> None:
    found = {finding.check for finding in findings(mutant(parcels, mutation), operation, "request", check)}
    assert check in found


# Response side.


def swallows_invalid_bodies(client: Any, module: ModuleType) -> None:
    client.fits = lambda self, schema, value: True


def refuses_everything(client: Any, module: ModuleType) -> None:
    client.fits = lambda self, schema, value: False


def turns_numbers_into_text(client: Any, module: ModuleType) -> None:
    decode = client.decode

    def lax(self: Any, *arguments: Any) -> Any:
        return changed(decode(self, *arguments), lambda value: str(value) if type(value) is int else value)

    client.decode = lax


def reads_numbers_through_floats(client: Any, module: ModuleType) -> None:
    client.parse = lambda self, text: json.loads(text, parse_int=float)


def cuts_nanoseconds(client: Any, module: ModuleType) -> None:
    decode = client.decode

    def cut(value: object) -> object:
        return value.replace("123456789", "123456") if isinstance(value, str) else value

    client.decode = lambda self, *arguments: changed(decode(self, *arguments), cut)


def refuses_leap_seconds(client: Any, module: ModuleType) -> None:
    fits = client.fits
    client.fits = lambda self, schema, value: ":60" not in str(value) and fits(self, schema, value)


def drops_unknown_members(client: Any, module: ModuleType) -> None:
    decode = client.decode

    def known(value: Any) -> Any:
        return {key: each for key, each in value.items() if key.isascii()} if isinstance(value, dict) else value

    client.decode = lambda self, *arguments: changed(decode(self, *arguments), known)


def takes_numbers_in_strings(client: Any, module: ModuleType) -> None:
    fits = client.fits

    def lax(value: object) -> object:
        return int(value) if isinstance(value, str) and value.isdigit() else value

    client.fits = lambda self, schema, value: fits(self, schema, value) or fits(self, schema, changed(value, lax))


def takes_true_for_one(client: Any, module: ModuleType) -> None:
    fits = client.fits

    def lax(value: Any) -> Any:
        counted = isinstance(value, dict) and isinstance(value.get("count"), bool)
        return {**value, "count": int(value["count"])} if counted else value

    client.fits = lambda self, schema, value: fits(self, schema, value) or fits(self, schema, changed(value, lax))


def ignores_the_chosen_schema(client: Any, module: ModuleType) -> None:
    decode = client.decode
    client.decode = lambda self, documented, response, schema: decode(self, documented, response, None)


def takes_nan(client: Any, module: ModuleType) -> None:
    client.parse = lambda self, text: json.loads(text, parse_float=module.Decimal)
    client.fits = lambda self, schema, value: True


def lets_decoding_errors_out(client: Any, module: ModuleType) -> None:
    client.parse = lambda self, text: json.loads(text.encode("latin-1"))


def takes_any_content_type(client: Any, module: ModuleType) -> None:
    decode = client.decode

    def lenient(self: Any, documented: Any, response: httpx2.Response, schema: Any) -> Any:
        response.headers["content-type"] = next(iter(documented.get("content", {"": None})))
        return decode(self, documented, response, schema)

    client.decode = lenient


def replaces_broken_characters(client: Any, module: ModuleType) -> None:
    decode = client.decode

    def lenient(self: Any, documented: Any, response: httpx2.Response, schema: Any) -> Any:
        response._content = response.content.decode("utf-8", "replace").encode()
        return decode(self, documented, response, schema)

    client.decode = lenient


def follows_redirects(client: Any, module: ModuleType) -> None:
    client.transmit = lambda self, request: self.http.send(request, follow_redirects=True)


def takes_any_success(client: Any, module: ModuleType) -> None:
    read = client.read

    def lenient(self: Any, operation: Any, response: httpx2.Response, schema: Any) -> Any:
        return None if response.is_success and response.status_code != 200 else read(self, operation, response, schema)

    client.read = lenient


def lets_timeouts_out(client: Any, module: ModuleType) -> None:
    vars(module)["APITimeoutError"] = type("APITimeoutError", (Exception,), {})


def calls_every_error_a_timeout(client: Any, module: ModuleType) -> None:
    transmit = client.transmit

    def late(self: Any, request: httpx2.Request) -> httpx2.Response:
        try:
            return transmit(self, request)  # type: ignore[no-any-return]
        except httpx2.TransportError:
            raise httpx2.ReadTimeout("") from None

    client.transmit = late


def shows_the_token(client: Any, module: ModuleType) -> None:
    transmit = client.transmit

    def loud(self: Any, request: httpx2.Request) -> httpx2.Response:
        try:
            return transmit(self, request)  # type: ignore[no-any-return]
        except httpx2.ReadError:
            raise module.APIConnectionError(f"{request.method} {request.url} {dict(request.headers)}") from None

    client.transmit = loud


def drops_error_bodies(client: Any, module: ModuleType) -> None:
    client.read = no_body(client.read, module)


def hides_unreadable_error_bodies(client: Any, module: ModuleType) -> None:
    read = client.read

    def quiet(self: Any, operation: Any, response: httpx2.Response, schema: Any) -> Any:
        try:
            return read(self, operation, response, schema)
        except module.StatusError as error:
            error.body_error = None
            raise

    client.read = quiet


def raises_on_unreadable_error_bodies(client: Any, module: ModuleType) -> None:
    read = client.read

    def strict(self: Any, operation: Any, response: httpx2.Response, schema: Any) -> Any:
        try:
            return read(self, operation, response, schema)
        except module.StatusError as error:
            raise (error.body_error or error) from None

    client.read = strict


def no_body(read: Callable[..., Any], module: ModuleType) -> Callable[..., Any]:
    def silent(self: Any, operation: Any, response: httpx2.Response, schema: Any) -> Any:
        try:
            return read(self, operation, response, schema)
        except module.StatusError as error:
            error.body = None
            raise

    return silent


def no_constant(name: str) -> object:
    raise ValueError(name)


def changed(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return change({key: changed(each, change) for key, each in value.items()})
    return change([changed(each, change) for each in value] if isinstance(value, list) else value)


RESPONSE_MUTANTS: list[tuple[Mutation, str, str]] = [
    (swallows_invalid_bodies, "listParcels", "answer.accepted-invalid"),
    (refuses_everything, "getShape", "answer.refused-valid"),
    (turns_numbers_into_text, "listParcels", "answer.altered"),
    (reads_numbers_through_floats, "listParcels", "answer.altered"),
    (cuts_nanoseconds, "createParcel", "answer.altered"),
    (refuses_leap_seconds, "createParcel", "answer.refused-valid"),
    (drops_unknown_members, "createParcel", "answer.altered"),
    (takes_numbers_in_strings, "listParcels", "answer.accepted-invalid"),
    (takes_true_for_one, "listParcels", "answer.accepted-invalid"),
    (ignores_the_chosen_schema, "getParcel", "answer.accepted-invalid"),
    (takes_nan, "getShape", "fault.outcome"),
    (lets_decoding_errors_out, "createParcel", "answer.refused-valid"),
    (takes_any_content_type, "getShape", "fault.outcome"),
    (replaces_broken_characters, "getParcel", "fault.outcome"),
    (follows_redirects, "getShape", "call.requests"),
    (takes_any_success, "getShape", "fault.outcome"),
    (lets_timeouts_out, "getShape", "fault.outcome"),
    (calls_every_error_a_timeout, "getShape", "fault.outcome"),
    (shows_the_token, "getShape", "error.secret"),
    (drops_error_bodies, "getParcel", "answer.altered"),
    (hides_unreadable_error_bodies, "getParcel", "fault.body"),
    (raises_on_unreadable_error_bodies, "getParcel", "fault.outcome"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mutation", "operation", "check"), RESPONSE_MUTANTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_client_that_reads_something_else_is_found(
    parcels: Package, mutation: Mutation, operation: str, check: str
) -> None:
    found = {finding.check for finding in findings(mutant(parcels, mutation), operation, "response", check)}
    assert check in found
