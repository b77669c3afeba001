"""Which documents show how pages follow each other, and which only look as if they did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speclient.build import pagination_words
from speclient.ir import Pagination

from .apis import Built, build

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}
THING: Json = {"type": "object", "properties": {"id": WHOLE, "name": TEXT}}
THINGS: Json = {"type": "array", "items": THING}


def an_object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def built(
    folder: Path,
    body: Json,
    *parameters: tuple[str, Json],
    path: str = "/things",
    method: str = "get",
    answer: Json | None = None,
    stated: Any = None,
    root: Json | None = None,
) -> Built:
    """The ir of an operation with these query parameters, whose schemas may hold their `description`."""
    listed = [
        {"name": name, "in": "query", "schema": {k: v for k, v in schema.items() if k != "description"}}
        | ({"description": schema["description"]} if "description" in schema else {})
        for name, schema in parameters
    ]
    media = answer if answer is not None else {"content": {"application/json": {"schema": body}}}
    operation: Json = {"parameters": listed, "responses": {"200": {"description": "x"} | media}}
    if stated is not None:
        operation["x-speclient"] = stated
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {path: {method: operation}}}
    return build(folder, json.dumps(document | (root or {})))


def pagination(folder: Path, body: Json, *parameters: tuple[str, Json], **more: Any) -> Pagination | None:
    return built(folder, body, *parameters, **more).api.operations[0].pagination


def kind(folder: Path, body: Json, *parameters: tuple[str, Json], **more: Any) -> str | None:
    found = pagination(folder, body, *parameters, **more)
    return found.kind if found is not None else None


CURSOR, OFFSET = ("cursor", TEXT), (("offset", WHOLE), ("limit", WHOLE))


# -- elements ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (THINGS, ()),
        (an_object(data=THINGS), ("data",)),
        (an_object(data=THINGS, things=THINGS), ("things",)),  # The path's last word is nearer than a convention.
        (an_object(data=THINGS, others=THINGS), ("data",)),
        (an_object(whatever=THINGS, total=WHOLE), ("whatever",)),
        (an_object(whatever=THINGS, errors=THINGS), ("whatever",)),
        (an_object(data=an_object(items=THINGS)), ("data", "items")),
        (an_object(_embedded=an_object(rows=THINGS), page=WHOLE), ("_embedded", "rows")),
        (an_object(anything=an_object(items=THINGS)), ("anything", "items")),
        (an_object(things={"type": "array", "items": TEXT}), ("things",)),
        (an_object(data={"type": ["array", "null"], "items": THING}), ("data",)),
        ({"anyOf": [an_object(data=THINGS), {"type": "null"}]}, ("data",)),
        (an_object(apples=THINGS, pears=THINGS), None),
        (an_object(data=THINGS, items=THINGS), None),
        (an_object(id=WHOLE, parts=THINGS), None),  # A thing that has parts.
        (an_object(name=TEXT, parts=THINGS), None),
        (an_object(name=TEXT, parts=THINGS, total=WHOLE), ("parts",)),
        (an_object(words={"type": "array", "items": TEXT}), None),
        (an_object(states={"type": "array", "items": {"enum": ["a", "b"]}}), None),
        (an_object(anything={}, related=THINGS), None),  # The elements may be what has no type.
        (an_object(a=an_object(items=THINGS), b=an_object(items=THINGS)), None),
        (an_object(data={"type": "object", "additionalProperties": THING}), None),
        ({"anyOf": [an_object(data=THINGS), an_object(items=THINGS)]}, None),
        (TEXT, None),
        ({}, None),
    ],
)
def test_where_the_elements_are(tmp_path: Path, body: Json, pointer: tuple[str, ...] | None) -> None:
    found = pagination(tmp_path, body, *OFFSET)
    assert (found.items if found is not None else None) == pointer


# -- cursors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameter", "members", "pointer"),
    [
        ("cursor", an_object(next_cursor=TEXT), "/next_cursor"),
        ("pageToken", an_object(nextPageToken=TEXT), "/nextPageToken"),
        ("NextToken", an_object(NextToken=TEXT), "/NextToken"),
        ("continuation_token", an_object(continuationToken=TEXT), "/continuationToken"),
        ("start_cursor", an_object(next_cursor=TEXT, has_more=FLAG), "/next_cursor"),
        ("cursor", an_object(meta=an_object(pagination=an_object(next_cursor=TEXT))), "/meta/pagination/next_cursor"),
        ("after", an_object(pagination=an_object(next=an_object(after=TEXT))), "/pagination/next/after"),
        ("page[after]", an_object(meta=an_object(page=an_object(cursor=TEXT, after=TEXT))), None),
        ("cursor", an_object(meta=an_object(next=TEXT)), "/meta/next"),
        ("after", an_object(page_info=an_object(endCursor=TEXT, hasNextPage=FLAG)), "/page_info/endCursor"),
        ("after", an_object(last_id=TEXT, has_more=FLAG), "/last_id"),
        ("cursor", an_object(cursor={**TEXT, "description": "Of the next page."}), "/cursor"),
        ("cursor", an_object(cursor=TEXT), None),  # It may be the one that was asked for.
        ("cursor", an_object(prev_cursor=TEXT), None),
        ("cursor", an_object(next_cursor=WHOLE), None),
        ("cursor", an_object(user=an_object(next_cursor=TEXT)), None),
        ("cursor", an_object(next_cursor=TEXT, next_token=TEXT), "/next_cursor"),
        ("cursor", an_object(nextMarker=TEXT, nextPageToken=TEXT), None),
        ("cursor", an_object(next=TEXT), None),  # It may be an address.
        ("cursor", an_object(next={**TEXT, "description": "The cursor to go on from."}), "/next"),
        ("after", an_object(next=TEXT), None),  # `after` may be a moment.
        ("page", an_object(next_page={**TEXT, "description": "True if there is one."}), None),
        ("filter", an_object(next_cursor=TEXT), None),
        ("offset", an_object(next_page=an_object(offset=TEXT, path=TEXT)), "/next_page/offset"),
        ("offset", an_object(last_page=an_object(offset=TEXT)), None),
        ("offset", an_object(next_cursor=TEXT), None),
        ("page_token", an_object(next_page=TEXT), "/next_page"),
        ("page_token", an_object(next_page={**TEXT, "description": "true if there is one"}), None),
        ("cursor", an_object(next_page=TEXT), None),
    ],
)  # fmt: skip
def test_cursors(tmp_path: Path, parameter: str, members: Json, pointer: str | None) -> None:
    body = an_object(data=THINGS, **members["properties"])
    found = pagination(tmp_path, body, (parameter, TEXT))
    assert (f"/{'/'.join(found.next)}" if found is not None else None) == pointer
    assert found is None or (found.kind, found.parameter, found.inferred) == ("cursor", parameter, True)


@pytest.mark.parametrize(
    ("parameter", "members", "expected"),
    [
        ("cursor", an_object(next_cursor=WHOLE), ("cursor", "/next_cursor")),
        ("cursor", an_object(meta=an_object(next=WHOLE)), ("cursor", "/meta/next")),
        ("cursor", an_object(next_cursor=TEXT), None),
        ("page", an_object(next_page=WHOLE), ("page", "/next_page")),
        ("page", an_object(pagination=an_object(current=WHOLE, next=WHOLE)), ("page", "/pagination/next")),
        ("page", an_object(next_page={**WHOLE, "description": "Size of the next page; true or false."}), None),
        ("page", an_object(next=WHOLE), None),
        ("page", an_object(next_page=FLAG), None),
        ("offset", an_object(next_offset=WHOLE), ("offset", "/next_offset")),
        ("offset", an_object(next_page=an_object(offset=WHOLE)), ("offset", "/next_page/offset")),
        ("offset", an_object(pagination=an_object(next=WHOLE)), None),
        ("offset", an_object(next_cursor=WHOLE), None),
    ],
)  # fmt: skip
def test_numbers_that_lead_on(tmp_path: Path, parameter: str, members: Json, expected: tuple[str, str] | None) -> None:
    body = an_object(data=THINGS, **members["properties"])
    found = pagination(tmp_path, body, (parameter, WHOLE))
    assert ((found.kind, f"/{'/'.join(found.next)}") if found is not None else None) == expected


def searched(folder: Path, request: Json, *parameters: tuple[str, Json], **more: Any) -> Pagination | None:
    """The pagination of a POST whose response has a next cursor."""
    content = more.get("content") or {"application/json": {"schema": request}}
    listed = [{"name": name, "in": "query", "schema": schema} for name, schema in parameters]
    response = {"content": {"application/json": {"schema": an_object(data=THINGS, **more.get("members", {}))}}}
    operation: Json = {
        "parameters": listed,
        "requestBody": {"content": content},
        "responses": {"200": {"description": "x"} | response},
    }
    paths = {"/search": {more.get("method", "post"): operation}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    return build(folder, json.dumps(document)).api.operations[0].pagination


def test_a_cursor_in_the_body(tmp_path: Path) -> None:
    request, members = an_object(query=TEXT, cursor=TEXT), {"next_cursor": TEXT}
    found = searched(tmp_path, request, members=members)
    assert found is not None
    assert (found.kind, found.parameter, found.in_body, found.next) == ("cursor", "cursor", True, ("next_cursor",))
    assert found.evidence[0] == "property 'cursor' <- /next_cursor"


def test_a_search_with_a_cursor_in_the_query(tmp_path: Path) -> None:
    found = searched(tmp_path, an_object(query=TEXT), CURSOR, members={"next_cursor": TEXT})
    assert found is not None
    assert (found.parameter, found.in_body) == ("cursor", False)


def test_what_is_not_a_search(tmp_path: Path) -> None:
    request, members = an_object(query=TEXT, cursor=TEXT), {"next_cursor": TEXT}
    assert searched(tmp_path, request) is None
    assert searched(tmp_path, an_object(offset=WHOLE, limit=WHOLE)) is None
    assert searched(tmp_path, an_object(query=TEXT), members=members) is None
    assert searched(tmp_path, request, CURSOR, members=members) is None  # Which one it is, is open.
    assert searched(tmp_path, request, members=members, method="put") is None
    media = {"schema": request}
    both = {"application/json": media, "application/x-www-form-urlencoded": media}
    assert searched(tmp_path, request, members=members, content=both) is None


def test_a_flag_beside_a_cursor_is_heeded(tmp_path: Path) -> None:
    found = pagination(tmp_path, an_object(data=THINGS, next_cursor=TEXT, has_more=FLAG), CURSOR)
    assert found is not None
    assert found.more == ("has_more",)


@pytest.mark.parametrize(
    ("parameter", "body", "expected"),
    [
        (("starting_after", TEXT), an_object(data=THINGS, has_more=FLAG), "cursor"),
        (("after", {**TEXT, "description": "A cursor: an id."}), an_object(data=THINGS, has_more=FLAG), "cursor"),
        (("after", {**TEXT, "description": "A date."}), an_object(data=THINGS, has_more=FLAG), None),
        (("starting_after", {**TEXT, "format": "date-time"}), an_object(data=THINGS, has_more=FLAG), None),
        (("starting_after", TEXT), an_object(data=THINGS), None),
        (("starting_after", TEXT), an_object(data={**THINGS, "items": an_object(key=TEXT)}, has_more=FLAG), None),
    ],
)  # fmt: skip
def test_the_last_element(tmp_path: Path, parameter: tuple[str, Json], body: Json, expected: str | None) -> None:
    found = pagination(tmp_path, body, parameter)
    assert (found.kind if found is not None else None) == expected
    assert found is None or (found.member, found.more) == ("id", ("has_more",))


# -- offsets and numbers of pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "schema", "first"),
    [
        ("offset", WHOLE, 0),
        ("$skip", WHOLE, 0),
        ("start", {**WHOLE, "default": 0}, 0),
        ("startIndex", {**WHOLE, "description": "The 1-based index of the first result."}, 1),
        ("startAt", {**WHOLE, "default": 1}, 1),
        ("offset", {**WHOLE, "default": 20}, None),
        ("offset", {**WHOLE, "description": "The page number."}, None),
        ("offset", {**WHOLE, "description": "Timestamp of the last one."}, None),
        ("offset", TEXT, None),
        ("after", WHOLE, None),
    ],
)
def test_offsets(tmp_path: Path, offset: str, schema: Json, first: int | None) -> None:
    found = pagination(tmp_path, an_object(data=THINGS), (offset, schema), ("limit", WHOLE))
    assert (found.first if found is not None else None) == first
    assert found is None or (found.kind, found.size, found.identity) == ("offset", "limit", ("id",))


def test_an_offset_needs_one_size_and_no_end(tmp_path: Path) -> None:
    body = an_object(data=THINGS)
    assert kind(tmp_path, body, ("offset", WHOLE)) is None
    assert kind(tmp_path, body, ("offset", WHOLE), ("limit", WHOLE), ("page_size", WHOLE)) is None
    assert kind(tmp_path, body, ("start", WHOLE), ("end", WHOLE), ("limit", WHOLE)) is None
    assert kind(tmp_path, an_object(data=THINGS, totalPages=WHOLE), *OFFSET) is None


@pytest.mark.parametrize(
    ("page", "size", "members", "first", "more"),
    [
        (("page", {**WHOLE, "default": 1}), "size", {}, 1, ()),
        (("page", {**WHOLE, "minimum": 0, "default": 1}), "size", {}, 1, ()),
        (("page", {**WHOLE, "minimum": 0}), "size", {}, 0, ()),
        (("pageNumber", {**WHOLE, "description": "Page numbers are 0-based."}), "pageSize", {}, 0, ()),
        (("page", {**WHOLE, "description": "Starts at and defaults to 0."}), "size", {}, 0, ()),
        (("page", {**WHOLE, "description": "The first page is 1."}), None, {"total_pages": WHOLE}, 1, ("total_pages",)),
        (("page", {**WHOLE, "default": 1}), None, {"has_more": FLAG, "pages": WHOLE}, 1, ("has_more",)),
        (("page", {**WHOLE, "default": 1}), "size", {"pages": {**WHOLE, "description": "Items on it."}}, 1, ()),
        (("page", WHOLE), "per_page", {}, 1, ()),
        (("page", {**WHOLE, "exclusiveMinimum": 0}), "size", {}, 1, ()),
        (("page", {**WHOLE, "description": "Counting from 1."}), "size", {}, 1, ()),
        (("page", {**WHOLE, "description": "The first page number is 0."}), "size", {}, 0, ()),
        (("page", WHOLE), "size", {"current_page": {**WHOLE, "description": "Starts at 1."}}, 1, ()),
        (("page", {"type": "number", "default": 1}), "size", {}, 1, ()),
        (("page", WHOLE), "size", {}, None, ()),
        (("page", {**WHOLE, "default": 3}), "size", {}, None, ()),
        (("page", {**WHOLE, "default": 1}), None, {}, None, ()),
        (("page", TEXT), "size", {}, None, ()),
    ],
)
def test_numbers_of_pages(
    tmp_path: Path,
    page: tuple[str, Json],
    size: str | None,
    members: Json,
    first: int | None,
    more: tuple[str, ...],
) -> None:
    given_size = [(size, WHOLE)] if size is not None else []
    found = pagination(tmp_path, an_object(data=THINGS, **members), page, *given_size)
    assert (found.first if found is not None else None) == first
    assert found is None or (found.kind, found.more) == ("page", more)


def test_elements_of_several_kinds_have_no_identity(tmp_path: Path) -> None:
    found = pagination(tmp_path, {"type": "array", "items": an_object(id=WHOLE, type=TEXT)}, *OFFSET)
    assert found is not None
    assert found.identity == ()


# -- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        (an_object(_links=an_object(next=an_object(href=TEXT))), "/_links/next/href"),
        (an_object(links=an_object(next=TEXT, prev=TEXT)), "/links/next"),
        (an_object(next={**TEXT, "format": "uri"}), "/next"),
        (an_object(next={**TEXT, "description": "URL of the next page, or null."}), "/next"),
        (an_object(nextLink=TEXT), "/nextLink"),
        (an_object(**{"@odata.nextLink": TEXT}), "/@odata.nextLink"),
        (an_object(meta=an_object(next_page_url=TEXT)), "/meta/next_page_url"),
        (an_object(_links=an_object(self=an_object(href=TEXT))), None),
        (an_object(links=an_object(next=TEXT)), None),
        (an_object(id=WHOLE, _links=an_object(next=an_object(href=TEXT))), None),  # The next thing.
        (an_object(next=TEXT), None),
        (an_object(next=WHOLE), None),
        (an_object(next_page=WHOLE), None),
    ],
)
def test_addresses(tmp_path: Path, members: Json, pointer: str | None) -> None:
    found = pagination(tmp_path, an_object(data=THINGS, **members["properties"]))
    assert (f"/{'/'.join(found.next)}" if found is not None else None) == pointer
    assert found is None or found.kind == "hal"


def test_the_order_of_the_rules(tmp_path: Path) -> None:
    everything = an_object(data=THINGS, next_cursor=TEXT, nextLink=TEXT)
    asked = (CURSOR, *OFFSET, ("page", {**WHOLE, "default": 1}))
    found = pagination(tmp_path, everything, *asked)
    assert found is not None
    others = (
        "cursor pagination is documented too",
        "offset pagination is documented too",
        "page pagination is documented too",
    )
    assert found.evidence == ("URL at /nextLink", "items at /data", *others)
    assert kind(tmp_path, an_object(data=THINGS, next_cursor=TEXT), *asked) == "cursor"
    header = {"headers": {"link": {"schema": TEXT}}, "content": {"application/json": {"schema": THINGS}}}
    assert kind(tmp_path, {}, *asked, answer=header) == "link"
    assert kind(tmp_path, {}, answer=header) is None
    assert kind(tmp_path, THINGS, *asked) == "offset"


# -- what switches it off --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["post", "put", "delete", "head", "patch"])
def test_only_what_reads_is_walked(tmp_path: Path, method: str) -> None:
    assert kind(tmp_path, an_object(data=THINGS), *OFFSET, method=method) is None


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        (["application/json", "text/csv"], "offset"),
        (["text/plain", "application/json", "text/json"], "offset"),
        (["application/hal+json", "application/json"], "offset"),
        (["text/csv", "application/json"], None),
        (["application/xml"], None),
        (["text/plain"], None),
    ],
)
def test_the_first_media_type_is_json(tmp_path: Path, media: list[str], expected: str | None) -> None:
    answer = {"content": {name: {"schema": THINGS} for name in media}}
    assert kind(tmp_path, {}, *OFFSET, answer=answer) == expected


def test_answers_that_differ(tmp_path: Path) -> None:
    content = {"application/json": {"schema": THINGS}, "application/hal+json": {"schema": an_object(data=THINGS)}}
    assert kind(tmp_path, {}, *OFFSET, answer={"content": content}) is None
    assert kind(tmp_path, {}, *OFFSET, answer={}) is None


@pytest.mark.parametrize(
    "stated", [{"pagination": False}, {"pagination": {}}, {"pagination": {"kind": "nothing"}}, {"pagination": [1]}]
)
def test_what_is_stated_is_not_inferred(tmp_path: Path, stated: Json) -> None:
    assert pagination(tmp_path, an_object(data=THINGS), *OFFSET, stated=stated) is None


def test_other_members_leave_it_open(tmp_path: Path) -> None:
    assert kind(tmp_path, an_object(data=THINGS), *OFFSET, stated={"method": "list"}) == "offset"


def test_the_document_switches_it_off(tmp_path: Path) -> None:
    assert pagination(tmp_path, THINGS, *OFFSET, root={"x-speclient": {"infer-pagination": False}}) is None
    assert kind(tmp_path, THINGS, *OFFSET, root={"x-speclient": {"infer-pagination": "no"}}) == "offset"


def test_the_evidence_is_shown(tmp_path: Path) -> None:
    made = built(tmp_path, an_object(data=THINGS, next_cursor=TEXT), CURSOR)
    message = "GET /things: cursor pagination: parameter 'cursor' <- /next_cursor, items at /data"
    assert made.messages == [f"SC208 {message}"]
    assert [found.severity.value for found in made.sink] == ["note"]


# -- odd documents ---------------------------------------------------------------------------------------------------

_WORDS = sorted(
    pagination_words.SIZES
    | pagination_words.CURSORS
    | pagination_words.WEAK_CURSORS
    | pagination_words.OFFSETS
    | pagination_words.PAGES
)
_MEMBERS = sorted(
    {"next", "href", "links", "_links", "meta", "data", "items", "id", "after", "cursors", "page", "", "~", "a/b"}
    | pagination_words.NEXT_CURSORS | pagination_words.NEXT_ADDRESSES | pagination_words.MORE | pagination_words.COUNTS
)  # fmt: skip
_ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 2), st.floats(allow_nan=False), st.sampled_from(["", "0", "uri", "next"])
)
_SCHEMA: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["string", "integer", "number", "boolean", "null", ["string", "null"]])},
            optional={"default": _ODD, "minimum": _ODD, "format": _ODD, "description": _ODD, "example": _ODD},
        ),
        st.sampled_from([{}, True, False, {"$ref": "#/components/schemas/Self"}, {"$ref": "#/nowhere"}]),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries({
            "type": st.just("object"), "properties": st.dictionaries(st.sampled_from(_MEMBERS), inner, max_size=5),
        }),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=14,
)  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=_SCHEMA,
    parameters=st.lists(st.tuples(st.sampled_from(_WORDS), _SCHEMA), max_size=5),
    headers=st.sampled_from([{}, {"Link": {}}, {"Link": 5}, {"link": {"$ref": "#/nowhere"}}]),
    itself=_SCHEMA,
)
def test_what_is_inferred_can_be_followed(
    tmp_path: Path, body: Any, parameters: list[tuple[str, Any]], headers: Json, itself: Any
) -> None:
    listed = [{"name": name, "in": "query", "schema": schema} for name, schema in parameters]
    answer = {"description": "x", "headers": headers, "content": {"application/json": {"schema": body}}}
    document = {
        "openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "components": {"schemas": {"Self": itself}},
        "paths": {"/items": {"get": {"parameters": listed, "responses": {"200": answer}}}},
    }  # fmt: skip
    for operation in build(tmp_path, json.dumps(document)).api.operations:
        found = operation.pagination
        if found is None:
            continue
        assert found.inferred
        assert found.evidence
        if found.kind in ("cursor", "offset", "page"):
            assert [made.name for made in operation.parameters].count(str(found.parameter)) == 1
        if found.kind == "cursor":
            assert bool(found.next) != bool(found.member)
        if found.kind == "hal":
            assert found.next
        assert found.kind not in ("offset", "page") or found.next or found.first in (0, 1)
