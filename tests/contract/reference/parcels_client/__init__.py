"""A client as the generator should write it, by hand, small and untyped: what the engine is proved on.

It keeps the whole public face of a generated package. Each step is a method of its own, so that a faulty
client is this one with one method replaced. Bodies are checked by jsonschema-rs and kept as plain data.
"""

# mypy: ignore-errors
# pyright: basic, reportAttributeAccessIssue=false
# Types would double its size and prove nothing: the engine meets clients by their behaviour.

import base64
import json
import os
import re
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from urllib.parse import quote

import httpx2
import jsonschema_rs

SPEC = json.loads((resources.files(__name__) / "_spec" / "openapi.json").read_text(encoding="utf-8"))


class State(StrEnum):
    NEW = "new"
    UNDER_WAY = "under way"
    DONE = "done"


class APIError(Exception):
    pass


class RequestError(APIError, ValueError):
    pass


class APIConnectionError(APIError):
    pass


class APITimeoutError(APIConnectionError):
    pass


class ResponseError(APIError):
    def __init__(self, message, response):
        super().__init__(message)
        self.response = response
        self.status_code = response.status_code


class UndecodableResponseError(ResponseError):
    pass


class InvalidResponseError(ResponseError):
    violations = ()


class StatusError(ResponseError):
    body = None
    body_error = None


class UnexpectedStatusError(StatusError):
    pass


def _status_errors():
    phrases = {
        400: "BadRequest",
        402: "PaymentRequired",
        404: "NotFound",
        409: "Conflict",
        422: "UnprocessableContent",
        451: "UnavailableForLegalReasons",
        500: "InternalServer",
        503: "ServiceUnavailable",
        511: "NetworkAuthenticationRequired",
    }
    return {status: type(f"{name}Error", (StatusError,), {}) for status, name in phrases.items()}


STATUS_ERRORS = _status_errors()
globals().update({kind.__name__: kind for kind in STATUS_ERRORS.values()})
__all__ = ["Parcels", "State", "to_jsonable"]


def to_jsonable(value):
    return value


@cache
def validator(schema):
    root = {**json.loads(schema), "components": SPEC["components"]}
    return jsonschema_rs.validator_for(root, validate_formats=True)


class Parcels:
    def __init__(self, token=None, *, username=None, password=None, query_key=None, header_key=None,
                 base_url=None, timeout=60.0, max_retries=2, http_client=None, policy="strict"):  # fmt: skip
        self.token = token or os.environ.get("PARCELS_TOKEN")
        self.username, self.password, self.query_key, self.header_key = (
            username,
            password,
            query_key,
            header_key,
        )
        self.base_url = (base_url or "https://eu.parcels.test/v1/").rstrip("/")
        self.http = http_client or httpx2.Client()
        self.parcels = self.shapes = self

    # One method for each operation.

    def list(self, *, limit=None, state=None, tags=None, ids=None, sizes=None, words=None, filter=None,
             next=None, since=None, where=None, x_trace=None, theme=None):  # fmt: skip
        pieces = [
            self.pair("limit", limit),
            self.pair("state", state),
            *(self.pair("tags", tag) for tag in tags or ()),
            self.joined("ids", ids, ","),
            self.joined("sizes", sizes, "%7C"),
            self.joined("words", words, "%20"),
            *(f"filter%5B{self.quote(key)}%5D={self.quote(value)}" for key, value in (filter or {}).items()),
            None if next is None else f"next={self.quote(next, ':/?@!$()*,;')}",
            self.pair("since", since),
            self.pair("where", None if where is None else json.dumps(where)),
        ]
        headers = {} if x_trace is None else {"X-Trace": self.header(x_trace)}
        if theme is not None:
            headers["Cookie"] = f"theme={self.quote(theme)}"
        return self.send("GET", "/parcels", pieces, headers, self.bearer)

    def create(self, *, body):
        return self.send("POST", "/parcels", [], {}, self.pair_and_key, body)

    def get(self, parcel_id, *, full=None):
        path = f"/parcels/{self.segment(parcel_id)}"
        schema = "#/components/schemas/" + ("Parcel" if full else "Summary")
        pieces = [self.pair("full", full)]
        return self.send("GET", path, pieces, {}, self.nobody, template="/parcels/{parcelId}", schema=schema)

    def delete(self, parcel_id):
        return self.send(
            "DELETE",
            f"/parcels/{self.segment(parcel_id)}",
            [],
            {},
            self.bearer,
            template="/parcels/{parcelId}",
        )

    def shape(self, dots, pairs, folder, name, extension):
        labels = "." + ",".join(self.segment(dot) for dot in dots)
        matrix = "".join(f";pairs={self.segment(pair)}" for pair in pairs)
        path = f"/shapes/{labels}/{matrix}/{self.segment(folder)}:{self.segment(name)}.{self.segment(extension)}"
        template = "/shapes/{dots}/{pairs}/{folder}:{name}.{extension}"
        return self.send("GET", path, [], {}, self.bearer, template=template)

    # How values become text.

    def text(self, value):
        return ("true" if value else "false") if isinstance(value, bool) else str(value)

    def quote(self, value, safe=""):
        try:
            return quote(self.text(value), safe=safe)
        except UnicodeEncodeError:
            raise RequestError("text that UTF-8 cannot hold") from None

    def segment(self, value):
        text = self.quote(value)
        if not text:
            raise RequestError("an empty path segment")
        return text.replace(".", "%2E") if text in (".", "..") else text

    def pair(self, name, value):
        return None if value is None else f"{name}={self.quote(value)}"

    def joined(self, name, values, delimiter):
        return None if not values else f"{name}=" + delimiter.join(self.quote(value) for value in values)

    def header(self, value):
        if re.search(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]", value):
            raise RequestError("a header cannot hold line breaks or controls")
        return value.encode("utf-8").decode("latin-1")

    # Credentials.

    def nobody(self, pieces, headers):
        pass

    def bearer(self, pieces, headers):
        headers["Authorization"] = f"Bearer {self.token}"

    def pair_and_key(self, pieces, headers):
        headers["Authorization"] = "Basic " + base64.b64encode(f"{self.username}:{self.password}".encode()).decode()
        headers["X-Api-Key"] = self.header_key

    # Sending and reading.

    def send(self, method, path, pieces, headers, authorize, body=None, template=None, schema=None):
        operation = SPEC["paths"][template or path][method.lower()]
        pieces = [piece for piece in pieces if piece]
        authorize(pieces, headers)
        headers["Accept"] = self.accept(operation)
        content = None
        if body is not None:
            content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        query = f"?{'&'.join(pieces)}" if pieces else ""
        fields = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        request = self.http.build_request(method, self.base_url + path + query, content=content, headers=fields)
        try:
            response = self.transmit(request)
        except httpx2.TimeoutException as error:
            raise APITimeoutError(type(error).__name__) from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise APIConnectionError(type(error).__name__) from error
        return self.read(operation, response, schema)

    def transmit(self, request):
        return self.http.send(request)

    def accept(self, operation):
        types = {kind for status, each in operation["responses"].items() for kind in each.get("content", {})}
        return ", ".join(sorted(types)) or "*/*"

    def read(self, operation, response, schema):
        status = str(response.status_code)
        responses = operation["responses"]
        key = next((key for key in (status, status[0] + "XX", "default") if key in responses), None)
        if 200 <= response.status_code < 300 and key is not None:
            return self.decode(responses[key], response, schema)
        kind = STATUS_ERRORS.get(response.status_code, UnexpectedStatusError if key is None else StatusError)
        error = kind(f"status {status}", response)
        if key is not None:
            try:
                error.body = self.decode(responses[key], response, None)
            except ResponseError as reason:
                error.body_error = reason
        raise error

    def decode(self, documented, response, schema):
        content = documented.get("content", {})
        if not content:
            return None
        essence, _, parameters = response.headers.get("content-type", "").partition(";")
        if essence not in content or ("charset" in parameters and "utf-8" not in parameters):
            raise UndecodableResponseError("wrong content type", response)
        try:
            value = self.parse(response.content.decode("utf-8"))
        except (ValueError, RecursionError):
            raise UndecodableResponseError("no JSON", response) from None
        rule = {"$ref": schema} if schema else content[essence]["schema"]
        if not self.fits(rule, value):
            raise InvalidResponseError("breaks the schema", response)
        return value

    def parse(self, text):
        def members(pairs):
            if len({name for name, _ in pairs}) != len(pairs):
                raise ValueError("a member twice")
            return dict(pairs)

        def refuse(name):
            raise ValueError(name)

        return json.loads(text, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=members)

    def fits(self, schema, value):
        return validator(json.dumps(schema)).is_valid(value)
