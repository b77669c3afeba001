"""Documents to ir: what each form of a schema means, and that nothing is passed over in silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from speclient.build.indexes import degraded_operations
from speclient.ir import (
    AliasSchema,
    Anything,
    ArrayOf,
    Const,
    EnumSchema,
    MapOf,
    Named,
    ObjectSchema,
    Scalar,
    ScalarKind,
    TupleOf,
    TypeRef,
    UnionOf,
)
from unit.apis import Built, build, build_properties, build_schemas

STRING, INTEGER, NUMBER, BOOLEAN, NULL = (
    Scalar(ScalarKind(kind)) for kind in ("string", "integer", "number", "boolean", "null")
)
OBJECT = "O: {type: object, properties: {id: {type: integer}}}\n"
OTHER = Named("#/components/schemas/O")
HERE = "#/components/schemas/Thing/properties/a"


def one(tmp_path: Path, schema: str, more: str = "", version: str = "3.1.0") -> Built:
    return build_properties(tmp_path, f"a: {schema}", more, version)


def listed(ref: TypeRef) -> list[TypeRef]:
    """The members of a union that the document lists."""
    assert isinstance(ref, UnionOf)
    return [member for member in ref.members if not (isinstance(member, Named) and member.schema.endswith("+unknown"))]


def or_null(ref: TypeRef) -> UnionOf:
    return UnionOf((ref, NULL))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{}", Anything()),
        ("true", Anything()),
        ("{type: string}", STRING),
        ("{type: [string, integer]}", UnionOf((STRING, INTEGER))),
        ("{type: 'null'}", NULL),
        ("{type: object}", MapOf(Anything())),
        ("{type: object, additionalProperties: true}", MapOf(Anything())),
        ("{type: object, additionalProperties: {}}", MapOf(Anything())),
        ("{type: object, additionalProperties: {type: integer}}", MapOf(INTEGER)),
        ("{additionalProperties: {type: integer}, maxProperties: 2, type: object}",
         MapOf(INTEGER, (("maxProperties", 2),))),
        ("{type: object, patternProperties: {x: {type: integer}}}", MapOf(INTEGER)),
        ("{type: array}", ArrayOf(Anything())),
        ("{type: array, items: {type: string}, minItems: 1}", ArrayOf(STRING, (("minItems", 1),))),
        ("{type: array, prefixItems: [{type: string}, {type: integer}], minItems: 2, maxItems: 2}",
         TupleOf((STRING, INTEGER))),
        ("{type: array, prefixItems: [{type: string}], minItems: 1, items: false}", TupleOf((STRING,))),
        ("{type: array, items: [{type: string}, {type: integer}], minItems: 2, maxItems: 2}",
         TupleOf((STRING, INTEGER))),
        ("{minLength: 1}", Scalar(ScalarKind.STRING, (("minLength", 1),))),
        ("{minimum: 1}", Scalar(ScalarKind.NUMBER, (("minimum", 1),))),
        ("{type: integer, exclusiveMinimum: 0.5, maximum: 9.5}",
         Scalar(ScalarKind.INTEGER, (("maximum", 9), ("minimum", 1)))),
        ("{type: integer, minimum: 1.0}", Scalar(ScalarKind.INTEGER, (("minimum", 1),))),
        ("{type: string, format: date-time}", Scalar(ScalarKind.DATE_TIME, (), "date-time")),
        ("{type: string, format: date}", Scalar(ScalarKind.DATE, (), "date")),
        ("{type: string, format: uuid}", Scalar(ScalarKind.STRING, (), "uuid")),
        ("{const: x}", Const("x")),
        ("{const: true}", Const(True)),
        ("{enum: [x]}", Const("x")),
        ("{enum: [null]}", NULL),
        ("{const: null}", NULL),
        ("{enum: [true, false]}", BOOLEAN),
        ("{enum: [a, 1, true, null]}", UnionOf((Const("a"), Const(1), Const(True), NULL))),
        ("{type: string, enum: [a, 1]}", Const("a")),
        ("{oneOf: [{type: string}]}", STRING),
        ("{anyOf: [{type: string}, {type: string}]}", STRING),
        ("{anyOf: [{type: string}, {type: integer}]}", UnionOf((STRING, INTEGER))),
        ("{anyOf: [{type: string}, {}]}", Anything()),
        ("{anyOf: [{type: 'null'}, {type: string}]}", or_null(STRING)),
        ("{$ref: '#/components/schemas/O', description: said here}", OTHER),
        ("{allOf: [{$ref: '#/components/schemas/O'}], description: said here}", OTHER),
        ("{allOf: []}", Anything()),
    ],
)  # fmt: skip
def test_types(schema: str, expected: TypeRef, tmp_path: Path) -> None:
    built = one(tmp_path, schema, OBJECT)
    assert built.type("a") == expected
    assert not {"SC203"} & built.codes


@pytest.mark.parametrize(
    ("schema", "version", "nullable"),
    [
        ("{type: string, nullable: true}", "3.0.3", True),
        ("{type: string, nullable: false}", "3.0.3", False),
        ("{type: string, nullable: true}", "3.1.0", True),
        ("{type: [string, 'null']}", "3.1.0", True),
        ("{$ref: '#/components/schemas/O', nullable: true}", "3.0.3", True),
        ("{allOf: [{$ref: '#/components/schemas/O'}], nullable: true}", "3.0.3", True),
        ("{oneOf: [{$ref: '#/components/schemas/O'}, {type: 'null'}]}", "3.1.0", True),
        ("{$ref: '#/components/schemas/N'}", "3.0.3", True),
        ("{allOf: [{$ref: '#/components/schemas/N'}]}", "3.0.3", True),
        ("{type: string, enum: [a, b], nullable: true}", "3.0.3", True),
        ("{type: string, enum: [a, b, null], nullable: true}", "3.0.3", True),
        ("{enum: [a, b, null]}", "3.1.0", True),
        ("{type: string, enum: [a, b, null]}", "3.1.0", False),
        ("{type: [string, 'null'], enum: [a, b]}", "3.1.0", False),
        ("{type: [string, 'null'], enum: [a, b, null]}", "3.1.0", True),
        ("{allOf: [{type: [string, 'null']}, {type: string}]}", "3.1.0", False),
        ("{allOf: [{type: [string, 'null']}, {type: [string, 'null'], minLength: 1}]}", "3.1.0", True),
        ("{allOf: [{type: [string, 'null']}, {minLength: 1}]}", "3.1.0", True),
        ("{allOf: [{type: [string, 'null']}, {enum: [a, b]}]}", "3.1.0", False),
    ],
)
def test_null(schema: str, version: str, nullable: bool, tmp_path: Path) -> None:
    more = OBJECT + "N: {type: object, nullable: true, properties: {id: {type: integer}}}\n"
    made = one(tmp_path, schema, more, version).type("a")
    assert (isinstance(made, UnionOf) and NULL in made.members) is nullable


# -- allOf -----------------------------------------------------------------------------------------------------


def test_all_of_is_an_intersection(tmp_path: Path) -> None:
    built = one(
        tmp_path,
        "{allOf: [{type: integer, minimum: 1, multipleOf: 4}, {type: number, minimum: 5, maximum: 99}, "
        "{maximum: 70, multipleOf: 6}]}",
    )
    assert built.type("a") == Scalar(ScalarKind.INTEGER, (("maximum", 70), ("minimum", 5), ("multipleOf", 12)))


def test_all_of_merges_properties(tmp_path: Path) -> None:
    built = build_schemas(
        tmp_path,
        """
        Thing:
          allOf:
            - $ref: '#/components/schemas/Base'
            - {properties: {x: {maxLength: 5}, y: {type: integer}}, required: [y]}
          description: Said here.
        Base:
          type: object
          description: Said there.
          x-speclient: {name: Ground}
          properties: {x: {type: string, minLength: 1}, z: {}}
          required: [x]
          additionalProperties: true
        """,
    )
    thing = built.schema("Thing")
    assert isinstance(thing, ObjectSchema)
    assert [(made.name, made.required) for made in thing.properties] == [("x", True), ("z", False), ("y", True)]
    assert built.type("x") == Scalar(ScalarKind.STRING, (("maxLength", 5), ("minLength", 1)))
    assert thing.description == "Said here."
    assert thing.hint.explicit is None
    base = built.schema("Base")
    assert (base.description, base.hint.explicit) == ("Said there.", "Ground")


@pytest.mark.parametrize(
    ("schema", "code", "message"),
    [
        (
            "{allOf: [{type: string}, {type: integer}]}",
            "SC203",
            "`type` must be a type that the rest of `allOf` allows",
        ),
        ("{allOf: [{enum: [a, b]}, {enum: [c]}]}", "SC203", "`enum` must be values that the rest of `allOf` allows"),
        ("{allOf: [{enum: [a, b]}, {const: c}]}", "SC203", "`const` must be values that the rest of `allOf` allows"),
        ("{type: string, allOf: [{pattern: a}, {pattern: b}]}", "SC204", "`pattern` is not enforced"),
        ("{type: number, allOf: [{multipleOf: 2}, {multipleOf: 0.5}]}", "SC204", "`multipleOf` is not enforced"),
        (
            "{allOf: [{type: object, properties: {x: {}}, additionalProperties: false}, {properties: {y: {}}}]}",
            "SC204",
            "`additionalProperties` is not enforced",
        ),
        ("{$dynamicRef: '#x'}", "SC203", "`$dynamicRef` is not supported; its target accepts any value"),
        ("{allOf: [{$ref: '#/components/schemas/Thing/properties/a'}]}", "SC011", "circular `allOf`"),
        ("{allOf: 5}", "SC203", "`allOf` must be a list of schemas"),
        ("{type: string, not: {const: a}}", "SC204", "`not` is not enforced"),
        ("{type: string, pattern: '(?=a)'}", "SC204", "`pattern` is not enforced: the pattern is not valid, or uses"),
        ("{type: string, format: date, minLength: 3}", "SC204", "length and pattern of a date are not enforced"),
        ("{type: array, items: {}, uniqueItems: true}", "SC204", "`uniqueItems` is not enforced"),
        (
            "{type: array, prefixItems: [{type: string}]}",
            "SC203",
            "`prefixItems` of an array without a fixed length",
        ),
        ("{enum: [1.5, 2]}", "SC204", "an enumeration of non-integer numbers is not enforced"),
        ("{type: string, format: date, enum: ['2024-05-01', '2024-05-02']}", "SC204", "an enumeration of values of"),
        ("{enum: [[1], 2]}", "SC204", "an enumeration of arrays or objects is not enforced"),
        ("{const: {a: 1}}", "SC204", "an enumeration of arrays or objects is not enforced"),
        ("{type: string, enum: [[a, b]]}", "SC203", "no value of the enumeration is of the type string"),
        ("{type: string, pattern: 0}", "SC207", "`pattern` must be a string"),
        ("{type: string, required: true}", "SC207", "`required` must be a list of property names of the object"),
        ("{allOf: [false]}", "SC203", "the schema `false` allows no value"),
        ("{type: object, properties: {x: {}}, required: [y]}", "SC204", "`required` names 'y'"),
        ("{type: object, required: [y]}", "SC204", "`required` is not enforced for properties without a schema"),
        ("{type: object, properties: {x: {}}, minProperties: 1}", "SC204", "the number of properties is not enforced"),
        ("{properties: {x: {}}}", "SC204", "no `type`; object is inferred"),
        (
            "{oneOf: [{type: string}, {type: integer}]}",
            "SC204",
            "that exactly one branch of `oneOf` matches is not enforced",
        ),
        ("{$ref: 5}", "SC010", "`$ref` must be a string"),
    ],
)
def test_what_is_not_kept_is_said(schema: str, code: str, message: str, tmp_path: Path) -> None:
    built = one(tmp_path, schema)
    assert any(found.startswith(f"{code} ") and message in found for found in built.messages), built.messages
    assert any(message in limitation.why for limitation in built.api.limitations)
    assert all(found.location is not None for found in built.sink)


def test_nesting_without_end(tmp_path: Path) -> None:
    for template in ("{{items: {}}}", "{{allOf: [{}, {{minLength: 1}}]}}", "{{anyOf: [{}, {{type: string}}]}}",
                     "{{type: object, properties: {{a: {}}}}}", "{{additionalProperties: {}}}"):  # fmt: skip
        schema = "{type: string}"
        for _ in range(90):
            schema = template.format(schema)
        built = one(tmp_path, schema)
        assert built.type("a") is not None


# -- unions ----------------------------------------------------------------------------------------------------


def test_a_union_beside_properties_is_distributed(tmp_path: Path) -> None:
    built = one(
        tmp_path,
        "{type: object, properties: {x: {type: string}}, required: [x], "
        "oneOf: [{properties: {y: {type: string}}}, {properties: {z: {type: integer}}, required: [z]}]}",
    )
    shapes = []
    for member in listed(built.type("a")):
        assert isinstance(member, Named)
        schema = built.schema(member.schema)
        assert isinstance(schema, ObjectSchema)
        shapes.append([(found.name, found.required) for found in schema.properties])
    assert shapes == [[("x", True), ("y", False)], [("x", True), ("z", True)]]


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_branches_that_only_require_make_no_union(keyword: str, tmp_path: Path) -> None:
    built = one(
        tmp_path,
        f"{{type: object, properties: {{x: {{}}, y: {{}}}}, {keyword}: [{{required: [x]}}, {{required: [y]}}]}}",
    )
    assert built.type("a") == Named(HERE)
    assert f"SC204 `{keyword}` of required properties is not enforced" in built.messages


def test_two_unions_are_multiplied_up_to_a_limit(tmp_path: Path) -> None:
    def union(number: int, prefix: str) -> str:
        return "[" + ", ".join(f"{{properties: {{{prefix}{n}: {{type: string}}}}}}" for n in range(number)) + "]"

    small = one(tmp_path, f"{{type: object, oneOf: {union(2, 'p')}, anyOf: {union(3, 'q')}}}").type("a")
    assert len(listed(small)) == 6
    large = one(tmp_path, f"{{type: object, oneOf: {union(9, 'p')}, anyOf: {union(9, 'q')}}}")
    assert any("81 combinations of `oneOf` exceed the limit" in found for found in large.messages)


@pytest.mark.parametrize(
    "schema",
    [
        "{anyOf: [{type: string, enum: [x, y]}, {type: string}]}",
        "{anyOf: [{type: string}, {enum: [x, y]}]}",
        "{oneOf: [{type: string, enum: [x, y]}, {type: string}]}",
        "{type: string, enum: [x, y]}",
    ],
)
def test_an_enumeration_that_is_open(schema: str, tmp_path: Path) -> None:
    built = one(tmp_path, schema)
    assert built.type("a") == Named(HERE)
    made = built.schema(HERE)
    assert isinstance(made, EnumSchema)
    assert (made.values, made.kind) == (("x", "y"), ScalarKind.STRING)


@pytest.mark.parametrize(
    ("values", "expected", "kind"),
    [
        ("[a, b]", ("a", "b"), ScalarKind.STRING),
        ("[1, 2]", (1, 2), ScalarKind.INTEGER),
        ("[1, 1.0, 2]", (1, 1, 2), ScalarKind.INTEGER),
        ("[a, 1]", ("a", 1), None),
        ("[a, a, b]", ("a", "b"), ScalarKind.STRING),
        ("['1', 1]", ("1", 1), None),
        ("['', ' ']", ("", " "), ScalarKind.STRING),
    ],
)
def test_enumerations(values: str, expected: tuple[Any, ...], kind: ScalarKind | None, tmp_path: Path) -> None:
    made = one(tmp_path, f"{{enum: {values}}}").schema(HERE)
    assert isinstance(made, EnumSchema)
    assert made.kind == kind
    assert tuple(dict.fromkeys(made.values)) == tuple(dict.fromkeys(expected))


def test_an_enumeration_has_each_value_once(tmp_path: Path) -> None:
    """1 and 1.0 are one value of JSON; two members with one value would be one member of a Python enumeration."""
    made = one(tmp_path, "{enum: [1, 1.0, 2]}").schema(HERE)
    assert isinstance(made, EnumSchema)
    assert made.values == (1, 2)


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ("{enum: [1, 2], x-enum-varnames: [one, two]}", ("one", "two")),
        ("{type: [integer, 'null'], enum: [1, null, 2], x-enum-varnames: [one, none, two]}", ("one", "two")),
        ("{type: integer, enum: [1, 'a', 2], x-enumNames: [one, a, two]}", ("one", "two")),
        ("{enum: [1, 1, 2], x-enum-varnames: [one, uno, two]}", ("one", "two")),
        ("{enum: [1, 2], x-enum-varnames: [one]}", None),
        ("{enum: [1, 2], x-enum-varnames: one}", None),
        ("{enum: [1, 2], x-enum-varnames: [5, null]}", ("5", "None")),
    ],
)
def test_names_of_values(schema: str, names: tuple[str, ...] | None, tmp_path: Path) -> None:
    built = one(tmp_path, schema)
    made = next(found for found in built.api.schemas if isinstance(found, EnumSchema))
    assert made.member_names == names
    assert made.values == (1, 2)


DISCRIMINATED = """
Cat: {type: object, properties: {kind: {type: string}, cat: {type: string}}, required: [kind]}
'my dog': {type: object, properties: {kind: {const: hound}, dog: {type: string}}, required: [kind]}
Bird: {type: object, properties: {bird: {type: string}}}
"""


@pytest.mark.parametrize(
    ("mapping", "tags"),
    [
        ("", {"Cat": 0, "my dog": 1, "hound": 1}),
        (", mapping: {c: Cat}", {"c": 0, "my dog": 1, "hound": 1}),
        (
            ", mapping: {c: '#/components/schemas/Cat', d: '#/components/schemas/my%20dog'}",
            {"c": 0, "d": 1, "hound": 1},
        ),
        (", mapping: {c: Cat, c2: Cat, d: my dog}", {"c": 0, "c2": 0, "d": 1, "hound": 1}),
        (", mapping: {c: openapi.yaml#/components/schemas/Cat}", {"c": 0, "my dog": 1, "hound": 1}),
    ],
)
def test_discriminators(mapping: str, tags: dict[str, int], tmp_path: Path) -> None:
    refs = "{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/my dog'}"
    built = one(tmp_path, f"{{oneOf: [{refs}], discriminator: {{propertyName: kind{mapping}}}}}", DISCRIMINATED)
    assert built.type("a") == Named(HERE)
    made = built.schema(HERE)
    assert isinstance(made, AliasSchema)
    assert isinstance(made.type, UnionOf)
    assert made.type.discriminator is not None
    assert made.type.discriminator.member == "kind"
    assert dict(made.type.discriminator.mapping) == tags


@pytest.mark.parametrize(
    ("discriminator", "message"),
    [
        ("{propertyName: kind, mapping: {x: Nothing}}", "the mapping 'x' does not name a variant"),
        ("{propertyName: kind, mapping: {x: Bird}}", "the mapping 'x' does not name a variant"),
        ("{propertyName: other}", "not every variant has the property 'other'"),
        ("{mapping: {c: Cat}}", "a discriminator requires `propertyName`"),
        ("kind", "`discriminator` must be a mapping"),
    ],
)
def test_discriminators_that_cannot_work(discriminator: str, message: str, tmp_path: Path) -> None:
    refs = "{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/my dog'}"
    built = one(tmp_path, f"{{oneOf: [{refs}], discriminator: {discriminator}}}", DISCRIMINATED)
    assert any(message in found for found in built.messages), built.messages


def test_a_discriminator_beside_other_keywords(tmp_path: Path) -> None:
    """The variants are then classes of their own, which the mapping names all the same."""
    refs = "{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/my dog'}"
    mapping = "{c: Cat, d: '#/components/schemas/my%20dog'}"
    built = one(
        tmp_path,
        f"{{properties: {{x: {{}}}}, oneOf: [{refs}], discriminator: {{propertyName: kind, mapping: {mapping}}}}}",
        DISCRIMINATED,
    )
    made = built.schema(HERE)
    assert isinstance(made, AliasSchema)
    assert isinstance(made.type, UnionOf)
    assert made.type.discriminator is not None
    assert dict(made.type.discriminator.mapping) == {"c": 0, "d": 1, "hound": 1}
    assert "SC203" not in built.codes


def test_a_closed_union_of_closed_variants(tmp_path: Path) -> None:
    """`additionalProperties: false` beside a union adds nothing to variants that say it too; they keep their names."""
    closed = "{type: object, properties: {%s: {}}, additionalProperties: false}"
    more = f"A: {closed % 'a'}\nB: {closed % 'b'}\n"
    refs = "[{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]"
    both = [Named("#/components/schemas/A"), Named("#/components/schemas/B")]
    assert listed(one(tmp_path, f"{{additionalProperties: false, anyOf: {refs}}}", more).type("a")) == both
    open_too = more.replace("additionalProperties: false", "minProperties: 1", 1)
    made = one(tmp_path, f"{{additionalProperties: false, anyOf: {refs}}}", open_too).type("a")
    assert isinstance(made, UnionOf)
    assert Named("#/components/schemas/A") not in made.members


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ("{type: object, enum: [{a: 1}]}", MapOf(Anything())),
        ("{const: [1]}", ArrayOf(Anything())),
        ("{enum: [[1], 2, x, null]}", UnionOf((ArrayOf(Anything()), INTEGER, STRING, NULL))),
        ("{type: array, items: {type: integer}, enum: [[1], [2, 3]]}", ArrayOf(INTEGER)),
        ("{type: object, properties: {id: {type: integer}}, enum: [{id: 1}]}", Named(HERE)),
        ("{type: string, enum: [a, [b]]}", Const("a")),
        ("{type: string, enum: [[a]]}", Anything("no value of the enumeration is of the type string")),
    ],
)
def test_values_that_are_arrays_or_objects(schema: str, expected: TypeRef, tmp_path: Path) -> None:
    assert one(tmp_path, schema).type("a") == expected


def test_a_variant_that_stands_twice(tmp_path: Path) -> None:
    """Tags lead to places of the union, not of the list in the document."""
    cat, dog = "{$ref: '#/components/schemas/Cat'}", "{$ref: '#/components/schemas/my dog'}"
    built = one(tmp_path, f"{{oneOf: [{cat}, {cat}, {dog}], discriminator: {{propertyName: kind}}}}", DISCRIMINATED)
    made = built.schema(HERE)
    assert isinstance(made, AliasSchema)
    assert isinstance(made.type, UnionOf)
    assert len(listed(made.type)) == 2
    assert made.type.discriminator is not None
    assert dict(made.type.discriminator.mapping) == {"Cat": 0, "my dog": 1, "hound": 1}


@pytest.mark.parametrize("reference", ["'#/components/schemas/Gone'", "gone.yaml", "5", "'#/components/schemas/Loop'"])
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf", "allOf"])
@pytest.mark.parametrize("discriminator", ["", ", discriminator: {propertyName: kind}"])
def test_a_branch_that_leads_nowhere(reference: str, keyword: str, discriminator: str, tmp_path: Path) -> None:
    """It costs the branch its type, not the operation, and not the run."""
    schema = f"{{{keyword}: [{{$ref: '#/components/schemas/Cat'}}, {{$ref: {reference}}}]{discriminator}}}"
    loop = "Loop: {allOf: [{$ref: '#/components/schemas/Loop'}]}\n"
    built = one(tmp_path, schema, DISCRIMINATED + loop)
    assert built.type("a") is not None
    assert [made.key for made in built.api.operations] == ["GET /thing"]
    assert built.codes & {"SC010", "SC011"}


# -- objects ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "additional"),
    [
        ("{type: object, properties: {x: {}}}", Anything()),
        ("{type: object, properties: {x: {}}, additionalProperties: true}", Anything()),
        ("{type: object, properties: {x: {}}, additionalProperties: false}", None),
        ("{type: object, properties: {x: {}}, additionalProperties: {type: integer}}", INTEGER),
        ("{type: object, additionalProperties: false}", None),
    ],
)
def test_other_members(schema: str, additional: TypeRef | None, tmp_path: Path) -> None:
    made = one(tmp_path, schema).schema(HERE)
    assert isinstance(made, ObjectSchema)
    assert made.additional == additional


def test_every_schema_remembers_its_place(tmp_path: Path) -> None:
    built = build_properties(
        tmp_path, "a: {type: object, properties: {b: {enum: [x, y]}}}\nb: {$ref: '#/components/schemas/O'}", OBJECT
    )
    for schema in built.api.schemas:
        found = built.document.locate(schema.origin)
        assert (found.file, found.line is not None) == (built.document.root_file, True)
        assert schema.id == f"#{schema.origin.pointer}"


# -- operations ------------------------------------------------------------------------------------------------

OPERATIONS = """
openapi: 3.1.0
info: {title: T, version: '1'}
security: [{key: []}]
paths:
  /a/{id}/{other}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: q, in: query, schema: {type: string}}
    get:
      parameters:
        - {name: q, in: query, required: true, schema: {type: integer}}
        - {name: Accept, in: header, schema: {type: string}}
        - {name: h, in: header, schema: {type: string}}
      responses: {2xx: {description: fine}, default: {description: else}}
    post:
      security: []
      responses: {'204': {description: none}}
    put:
      security: [{key: [], gone: []}, {}]
      responses: {'204': {description: none}}
    patch:
      parameters: [{$ref: '#/components/parameters/gone'}]
      responses: {'204': {description: none}}
    delete:
      parameters: [{name: 'a b', in: header, schema: {$ref: '#/components/schemas/OnlyHere'}}]
      responses: {'200': {description: it, content: {application/json: {schema: {type: object, properties: {x: {}}}}}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
"""


def test_operations(tmp_path: Path) -> None:
    built = build(tmp_path, OPERATIONS)
    by_method = {made.method: made for made in built.api.operations}
    get = by_method["GET"]
    assert [(made.place, made.name, made.required) for made in get.parameters] == [
        ("path", "id", True), ("path", "other", True), ("query", "q", True), ("header", "h", False),
    ]  # fmt: skip
    assert [answer.status for answer in get.responses] == ["2XX", "default"]
    assert (get.security, by_method["POST"].security) == ((("key",),), ())
    assert by_method["PUT"].security == (("key",), ())
    assert any("'gone' is not defined" in found for found in built.messages)
    assert sorted(by_method) == ["GET", "POST", "PUT"]


def test_a_refused_operation_leaves_nothing_behind(tmp_path: Path) -> None:
    built = build(tmp_path, OPERATIONS)
    refused = [limitation.owner for limitation in built.api.limitations if limitation.kind.value == "refused"]
    assert refused == ["PATCH /a/{id}/{other}", "DELETE /a/{id}/{other}"]
    assert built.api.schemas == ()
    assert not any("OnlyHere" in limitation.why for limitation in built.api.limitations)


def test_a_member_that_must_be_absent(tmp_path: Path) -> None:
    built = one(tmp_path, "{type: object, properties: {x: false, y: {type: string}}, additionalProperties: false}")
    made = built.schema(HERE)
    assert isinstance(made, ObjectSchema)
    assert [found.name for found in made.properties] == ["y"]
    assert "SC204 that 'x' must be absent is not enforced" in built.messages
    assert "SC203" not in built.codes
    required = one(tmp_path, "{type: object, properties: {x: false}, required: [x]}")
    assert "SC203 the schema `false` allows no value" in required.messages


REFERENCE_SIBLINGS = [
    ("{$ref: '#/components/schemas/O', type: string}", ["type"]),
    ("{$ref: '#/components/schemas/O', type: object, nullable: true}", ["type"]),
    ("{$ref: '#/components/schemas/O', allOf: [{properties: {x: {}}}], minProperties: 1}", ["minProperties", "allOf"]),
    ("{allOf: [{$ref: '#/components/schemas/O', required: [id]}]}", ["required"]),
    ("{$ref: '#/components/schemas/O', description: said here, readOnly: true}", []),
]


@pytest.mark.parametrize(("schema", "ignored"), REFERENCE_SIBLINGS)
def test_nothing_stands_beside_a_reference_in_3_0(schema: str, ignored: list[str], tmp_path: Path) -> None:
    built = one(tmp_path, schema, OBJECT, "3.0.3")
    assert built.type("a") == (or_null(OTHER) if "nullable" in schema else OTHER)
    found = [limitation.why for limitation in built.api.limitations if limitation.kind.value == "degraded"]
    assert found == []
    said = [limitation.why for limitation in built.api.limitations]
    assert said == [f"`{key}` beside `$ref` is ignored, according to OpenAPI 3.0" for key in ignored]


def test_what_stands_beside_a_reference_counts_in_3_1(tmp_path: Path) -> None:
    built = one(tmp_path, "{$ref: '#/components/schemas/O', required: [id]}", OBJECT)
    assert built.type("a") == Named(HERE)
    made = built.schema(HERE)
    assert isinstance(made, ObjectSchema)
    assert made.properties[0].required


def test_what_stands_under_content_and_is_no_media_type(tmp_path: Path) -> None:
    """Beside a media type, and without a schema, it is an example that was put in the wrong place."""
    built = build(
        tmp_path,
        """
        openapi: 3.0.0
        info: {title: T, version: '1'}
        paths:
          /fine:
            get: {responses: {'200': {description: it, content: {
              id: {examples: {one: {value: 1}}}, application/json: {schema: {type: string}}}}}}
          /commas:
            get: {responses: {'200': {description: it, content: {
              'application/json, charset=utf-8': {schema: {type: string}}, 'text/csv, text/plain': {}}}}}
          /nothing:
            post: {requestBody: {content: {}}, responses: {'204': {description: it}}}
          /lost:
            get: {responses: {'200': {description: it, content: {
              pdf: {schema: {type: string}}, application/json: {schema: {type: string}}}}}}
          /alone:
            get: {responses: {'200': {description: it, content: {pdf: {}}}}}
          /twice:
            get: {responses: {'200': {description: it, content: {'*/*': {}, '*': {schema: {type: string}}}}}}
        """,
    )
    kinds = {made.path: [media.name for media in made.responses[0].media] for made in built.api.operations}
    assert kinds == {
        "/fine": ["application/json"], "/commas": ["application/json", "text/csv", "text/plain"], "/nothing": [],
        "/lost": ["application/json"], "/alone": [], "/twice": ["*/*"],
    }  # fmt: skip
    assert degraded_operations(built.api, built.api.limitations) == {"GET /lost", "GET /alone", "GET /twice"}
    assert "SC207 GET /fine: 'id' is not a media type; it is ignored" in built.messages


def test_a_parameter_without_a_name(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        """
        openapi: 3.0.0
        info: {title: T, version: '1'}
        paths:
          /a:
            get: {parameters: [{name: '', in: header}], responses: {'204': {description: none}}}
        """,
    )
    assert [made.parameters for made in built.api.operations] == [()]
    assert degraded_operations(built.api, built.api.limitations) == {"GET /a"}


def test_any_media_type_in_the_spelling_of_old_libraries(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        """
        openapi: 3.0.0
        info: {title: T, version: '1'}
        paths:
          /a:
            post:
              requestBody: {content: {'*': {schema: {type: string, format: binary}}}}
              responses: {'200': {description: it, content: {'*': {schema: {type: string, format: binary}}}}}
        """,
    )
    (operation,) = built.api.operations
    assert operation.body is not None
    found = [(media.name, media.kind) for media in (*operation.body.media, *operation.responses[0].media)]
    assert found == [("*/*", "bytes"), ("*/*", "bytes")]
    assert built.api.limitations == ()
    assert "SC207 POST /a: '*' is not a media type; it is read as */*" in built.messages


def test_a_range_is_not_what_is_sent_without_a_word(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        """
        openapi: 3.0.0
        info: {title: T, version: '1'}
        paths:
          /a:
            post:
              requestBody: {content: {'application/*+json': {}, text/json: {}, application/json: {}, text/*: {}}}
              responses: {'204': {description: none}}
        """,
    )
    (operation,) = built.api.operations
    assert operation.body is not None
    names = [media.name for media in operation.body.media]
    assert names == ["text/json", "application/json", "application/*+json", "text/*"]


def test_two_credentials_in_one_header(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        """
        openapi: 3.0.0
        info: {title: T, version: '1'}
        paths:
          /a:
            get: {security: [{basic: [], key: []}], responses: {'204': {description: none}}}
            put: {security: [{basic: [], other: []}], responses: {'204': {description: none}}}
            post: {security: [{bearer: [], oauth: []}], responses: {'204': {description: none}}}
        components:
          securitySchemes:
            basic: {type: http, scheme: basic}
            bearer: {type: http, scheme: Bearer}
            oauth: {type: oauth2, flows: {}}
            key: {type: apiKey, in: header, name: Authorization}
            other: {type: apiKey, in: header, name: X-Key}
        """,
    )
    assert degraded_operations(built.api, built.api.limitations) == {"GET /a"}
    why = "'basic' and 'key' are required together but share the header 'Authorization'; one is sent"
    assert f"SC203 {why}" in built.messages


def test_security_degrades_where_no_alternative_is_whole(tmp_path: Path) -> None:
    built = build(
        tmp_path,
        """
        openapi: 3.0.0
        info: {title: T, version: '1'}
        paths:
          /a:
            get: {security: [{odd: []}, {key: []}], responses: {'204': {description: none}}}
            put: {security: [{odd: []}], responses: {'204': {description: none}}}
            post: {security: [{odd: [], key: []}], responses: {'204': {description: none}}}
            patch: {security: [], responses: {'204': {description: none}}}
        components:
          securitySchemes:
            odd: {type: http, scheme: odd}
            key: {type: apiKey, in: header, name: X-Key}
        """,
    )
    assert degraded_operations(built.api, built.api.limitations) == {"PUT /a", "POST /a"}
