"""The parts of the engine that everything else rests on: reading, equality, date-times, and what is excused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from speclient.contract import NOT_ENFORCED, Package, load_document
from speclient.contract.credentials import Credentials, made_up
from speclient.contract.equality import first_difference, parse_lossless
from speclient.contract.exclusions import relaxed
from speclient.contract.jsontypes import Json
from speclient.contract.judge import Judge, Verdict
from speclient.contract.operations import ParameterKey, operations
from speclient.contract.oracle.body import judge_body
from speclient.contract.oracle.judge import judge_request
from speclient.contract.oracle.security import judge_security, presented
from speclient.contract.oracle.wire import Call, WireRequest
from speclient.contract.rfc3339 import instant
from speclient.contract.schemas import Bundler
from speclient.contract.source import Document, DocumentError, parse_document

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "contract-tests.md"


def test_yaml_is_read_by_the_rules_of_1_2() -> None:
    text = "openapi: 3.1.0\nx: {on: no, a: 012, b: 1:30, c: 2024-01-01, 200: 0o17, d: 0x1F, e: 1e3, f: ~, g: True}"
    assert parse_document(text).raw["x"] == {
        "on": "no", "a": 12, "b": "1:30", "c": "2024-01-01", "200": 15, "d": 31, "e": 1000.0, "f": None, "g": True,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["[", "a: 1\na: 2", "swagger: '2.0'", "- openapi"])
def test_what_is_no_document_is_an_error(text: str) -> None:
    with pytest.raises(DocumentError):
        parse_document(text)


def test_a_missing_file_is_an_error() -> None:
    with pytest.raises(DocumentError, match="nowhere"):
        load_document("nowhere.yaml")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("2024-01-01T00:00:00Z", "2024-01-01t01:00:00.000+01:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00"),
        ("2024-01-01T00:00:00.123456789Z", "2023-12-31T23:00:00.123456789-01:00"),
        ("2000-03-01T00:00:00Z", "2000-02-29T23:00:00-01:00"),
    ],
)
def test_equal_instants(left: str, right: str) -> None:
    assert instant(left) is not None
    assert instant(left) == instant(right)
    assert first_difference(left, right) is None


@pytest.mark.parametrize(
    "text",
    ["2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2023-02-29T00:00:00Z", "2024-01-01T12:00:60Z",
     "2024-01-01T24:00:00Z", "2024-01-01T00:00:00+24:00", "1900-02-29T00:00:00Z", "2024-01-01T00:00:00Z\n",
     "٢٠٢٤-01-01T00:00:00Z"],
)  # fmt: skip
def test_no_date_times(text: str) -> None:
    assert instant(text) is None


def test_a_leap_second_is_no_other_second() -> None:
    assert instant("2016-12-31T23:59:60Z") not in (instant("2016-12-31T23:59:59Z"), instant("2017-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("text", "value", "equal"),
    [
        ("1.0", 1, True),
        ("100", 1e2, True),
        ("9007199254740993", 9007199254740993.0, False),
        ("0.1", 0.1, True),
        ("0.10000000000000000001", 0.1, False),
        ("0.10000000000000000001", Decimal("0.10000000000000000001"), True),
        ("1", True, False),
        ("true", 1, False),
        ("null", None, True),
        ('"1"', 1, False),
        ('{"a": 1, "b": [2]}', {"b": [2.0], "a": 1}, True),
        ('{"a": null}', {}, False),
        ("{}", {"a": None}, False),
        ("[1, 2]", [2, 1], False),
        ("1e400", float("inf"), False),
    ],
)
def test_equality_of_json(text: str, value: object, equal: bool) -> None:
    assert (first_difference(parse_lossless(text), value) is None) is equal


EXCUSED: dict[str, tuple[Json, Json]] = {
    "open-enum": ({"type": "string", "enum": ["a"]}, "b"),
    "one-of-exactly": ({"oneOf": [{"type": "number"}, {"type": "integer"}]}, 1),
    "unique-items": ({"type": "array", "uniqueItems": True}, [1, 1]),
    "contains": ({"type": "array", "contains": {"type": "string"}}, [1]),
    "not": ({"not": {"type": "string"}}, "a"),
    "if": ({"if": True, "then": {"type": "string"}}, 1),
    "implied-type": ({"properties": {"a": {}}, "type": "object", "x-implied-type": True}, []),
    "nullable-without-type": ({"allOf": [{"type": "object"}], "x-maybe-null": True}, None),
    "required-alternatives": ({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}),
    "open-tuple": ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, [1, "a"]),
    "pattern-properties": ({"properties": {"a": {}}, "patternProperties": {"^x": {"type": "integer"}}}, {"x": "y"}),
    "fractional-multiple-of": ({"multipleOf": 0.01}, 0.001),
    "format": ({"type": "string", "format": "uuid"}, "no uuid"),
    "irregular-pattern": ({"type": "string", "pattern": "^(?!a)"}, "a"),
}


def test_every_exclusion_excuses_its_rule_and_no_other() -> None:
    assert list(EXCUSED) == [each.name for each in NOT_ENFORCED]
    for name, (schema, value) in EXCUSED.items():
        assert Judge(schema, {}).verdict(value) is Verdict.UNDECIDED, name
        others = tuple(each for each in NOT_ENFORCED if each.name != name)
        assert not Judge(relaxed(schema, others), {}).is_valid(value), name


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "enum": ["a"]}, 1),
        ({"enum": ["a", 1]}, None),
        ({"oneOf": [{"type": "number"}, {"type": "string"}]}, True),
        ({"type": "string", "format": "date-time"}, "yesterday"),
        ({"type": "integer", "multipleOf": 5}, 3),
        ({"type": "string", "pattern": "^a"}, "b"),
        ({"type": "object", "additionalProperties": False}, {"a": 1}),
        ({"type": "string", "maxLength": 1}, "ab"),
    ],
)
def test_everything_else_must_be_refused(schema: Json, value: Json) -> None:
    assert Judge(schema, {}).verdict(value) is Verdict.INVALID


def test_schemas_of_3_0_become_json_schema() -> None:
    raw: dict[str, Json] = {
        "openapi": "3.0.3",
        "components": {
            "schemas": {
                "Node": {
                    "type": "object",
                    "required": ["id", "password"],
                    "properties": {
                        "id": {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "nullable": True},
                        "password": {"type": "string", "writeOnly": True},
                        "next": {"$ref": "#/components/schemas/Node", "description": "ignored beside $ref in 3.0"},
                    },
                }
            }
        },
    }
    bundler = Bundler(Document(raw))
    judge = Judge(bundler.schema({"$ref": "#/components/schemas/Node"}), bundler.components)
    assert judge.is_valid({"id": None, "next": {"id": 1}})
    assert not judge.is_valid({"id": 0})


TWO_TOKENS = """\
openapi: 3.1.0
paths:
  /a:
    post:
      security: [{first: []}]
      requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object}}}}
      responses: {}
components:
  securitySchemes: {first: {type: http, scheme: bearer}, second: {type: http, scheme: bearer}}
"""


@pytest.mark.parametrize(
    ("arguments", "token", "fine"),
    [
        (("token", "token"), "S3cret-first-token", True),
        (("token", "token"), "S3cret-second-token", False),
        (("token", "other"), "S3cret-first-token", True),
        (("token", "other"), "S3cret-second-token", False),
    ],
)
def test_schemes_that_share_an_argument_have_one_secret(arguments: tuple[str, str], token: str, fine: bool) -> None:
    document = parse_document(TWO_TOKENS)
    table: dict[str, Json] = {"credentials": {"first": {"token": arguments[0]}, "second": {"token": arguments[1]}}}
    package = Package(ModuleType("none"), document, table)
    call = Call(next(operations(document)), "https://a.test", {}, package.accepted(made_up(document)))
    wire = WireRequest("POST", "https://a.test", "/a", (("Authorization", f"Bearer {token}"),), b"")
    assert (list(judge_security(wire, call, presented(wire, call))) == []) is fine


@pytest.mark.parametrize(
    ("body", "sent", "fine"),
    [
        ({"a": "x", "b": None}, b"a=x", True),
        ({"a": "x", "b": None}, b"a=x&b=", True),
        ({"a": "x", "b": None}, b"a=x&b=None", False),
        ({"a": "x", "b": 0}, b"a=x", False),
    ],
)
def test_a_null_may_be_left_out_of_a_form(body: Json, sent: bytes, fine: bool) -> None:
    form = "application/x-www-form-urlencoded"
    call = Call(next(operations(parse_document(TWO_TOKENS))), "https://a.test", {}, Credentials(()), body, form)
    wire = WireRequest("POST", "https://a.test", "/a", (("Content-Type", form),), sent)
    assert (list(judge_body(wire, call)) == []) is fine


FIELDS = """\
openapi: 3.1.0
paths:
  /a:
    get:
      parameters:
        - {name: User-Agent, in: header, schema: {type: string}}
        - {name: X-Other, in: header, schema: {type: string}}
        - {name: words, in: query, content: {text/plain: {schema: {type: string}}}}
      responses: {}
"""


@pytest.mark.parametrize(
    ("headers", "query", "checks"),
    [
        ({"User-Agent": "made/1"}, "words=a%26b", []),
        ({"User-Agent": "made/1", "X-Other": "x"}, "words=a%26b", ["wire.header"]),
        ({}, "words=%22a%26b%22", ["wire.query"]),
    ],
)
def test_parameters_that_are_headers_of_every_client_or_text(
    headers: dict[str, str], query: str, checks: list[str]
) -> None:
    given: dict[ParameterKey, Json] = {ParameterKey("query", "words"): "a&b"}
    call = Call(next(operations(parse_document(FIELDS))), "https://a.test", given, Credentials(()))
    wire = WireRequest("GET", "https://a.test", f"/a?{query}", tuple(headers.items()), b"")
    assert [found.check for found in judge_request(wire, call)] == checks


def test_the_guide_names_every_exclusion() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [each.name for each in NOT_ENFORCED if f"`{each.name}`" not in text] == []


def test_the_engine_imports_nothing_of_the_generator() -> None:
    package = Path(parse_document.__code__.co_filename).parent
    lines = [line for path in package.rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines()]
    imports = [line.split()[1] for line in lines if line.startswith(("import ", "from "))]
    assert not [name for name in imports if name.startswith("speclient")]
    depth = {path: len(path.relative_to(package).parts) for path in package.rglob("*.py")}
    for path, allowed in depth.items():
        dots = [len(name) - len(name.lstrip(".")) for name in imports_of(path)]
        assert max(dots, default=0) <= allowed, path


def imports_of(path: Path) -> list[str]:
    return [line.split()[1] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("from .")]


@pytest.mark.parametrize(
    ("target", "checks"),
    [
        ("/things?kind=any&q=a%26b&limit=5", []),
        ("/things?limit=5&kind=any&q=a%26b", ["wire.path", "wire.query", "wire.query.undeclared"]),
        ("/things?kind=any&q=a%26b", ["wire.query"]),
        ("/things?limit=5", ["wire.path", "wire.query"]),
        ("/things", ["wire.path", "wire.query"]),
    ],
)
def test_a_query_in_a_template_comes_first_and_its_fragment_is_never_sent(target: str, checks: list[str]) -> None:
    text = """
        openapi: 3.0.0
        paths:
          /things?kind=any&q={q}#things:
            get:
              parameters:
                - {name: q, in: path, required: true, schema: {type: string}}
                - {name: limit, in: query, schema: {type: integer}}
              responses: {'204': {description: none}}
    """
    (operation,) = operations(parse_document(text))
    arguments: dict[ParameterKey, Json] = {ParameterKey("path", "q"): "a&b", ParameterKey("query", "limit"): 5}
    call = Call(operation, "https://api.example.com", arguments, Credentials(()))
    wire = WireRequest("GET", "https://api.example.com", target, (), b"")
    assert sorted({found.check for found in judge_request(wire, call)}) == checks
