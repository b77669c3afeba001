"""Pagination: declared by `x-speclient`, or inferred from the names and types of the document.

Inferred pagination changes what a method returns, so a rule requires evidence on both sides: a parameter or a
header that selects the next page, and exactly one array of items in the response. Nothing is inferred in case of
doubt (docs/decisions/008-pagination-is-inferred.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from speclient.build.listings import find_array, read_listing
from speclient.build.pagination_rules import RULES, by_cursor, shown_pointer
from speclient.build.pagination_words import bare
from speclient.document import Node, split_pointer
from speclient.ir import (
    Operation,
    Pagination,
    PaginationKind,
    Parameter,
    Response,
    Schema,
    TypeRef,
)

_KINDS: Mapping[str, PaginationKind] = {kind: kind for kind in get_args(PaginationKind)}


def read_pagination(extension: Node, parameters: tuple[Parameter, ...]) -> Pagination | None:
    """`pagination` of an operation's `x-speclient`, or None when it is absent or cannot be used."""
    node = extension.get("pagination")
    items = node.text("items") if node is not None else None
    if node is None or items is None:
        return None
    kind = _KINDS.get(node.text("kind") or "")
    parameter_name = node.text("parameter")
    if kind is None:
        return None
    if kind in ("cursor", "offset", "page") and all(parameter.name != parameter_name for parameter in parameters):
        return None
    last = node.get("last-item")
    member = last.text("property") if last is not None else None
    member_from = last.text("property-from") if last is not None and member is None else None
    default = next((parameter.default for parameter in parameters if parameter.name == member_from), None)
    first = node.mapping.get("first")
    return Pagination(
        kind=kind,
        items=split_pointer(items),
        parameter=parameter_name,
        first=first if isinstance(first, int) and not isinstance(first, bool) else None,
        next=split_pointer(node.text("next") or ""),
        more=split_pointer(node.text("more") or ""),
        member=member,
        member_from=member_from,
        member_default=default if isinstance(default, str) else None,
        size=node.text("size"),
        identity=split_pointer(node.text("identity") or ""),
        evidence=("x-speclient",),
    )


def infer_pagination(operation: Operation, schemas: Mapping[str, Schema]) -> Pagination | None:
    """Infer the pagination of an operation, as far as the document is unambiguous."""
    if operation.method not in ("GET", "POST") or operation.response_by is not None:
        return None
    responses = [response for response in operation.responses if response.status.startswith("2")]
    responses = responses or [response for response in operation.responses if response.status == "default"]
    paginations: set[Pagination | None] = set()
    for response in responses:
        # A response without a body, such as 204, has no items. If there are several media types, the service sends the
        # first one; frameworks list `text/plain` beside JSON for responses that are a single string.
        kinds = [media.kind for media in response.media if not media.name.startswith("text/plain")]
        if kinds[:1] != ["json"] and not (response.status == "204" and not response.media):
            return None
        paginations |= {
            _infer(operation, response, media.type, schemas) for media in response.media if media.kind == "json"
        }
    return paginations.pop() if len(paginations) == 1 else None


def _infer(operation: Operation, response: Response, body: TypeRef, schemas: Mapping[str, Schema]) -> Pagination | None:
    listing = read_listing(operation, response, body, schemas)
    if listing is None:
        return None
    # A POST may create something on every page. Only a cursor from the response shows that it is a search.
    rules = RULES if operation.method == "GET" else (by_cursor,)
    paginations = [pagination for rule in rules if (pagination := rule(listing)) is not None]
    if not paginations:
        return None
    others = dict.fromkeys(
        f"{other.kind} pagination is documented too" for other in paginations[1:] if other.kind != paginations[0].kind
    )
    return replace(
        paginations[0],
        evidence=(*paginations[0].evidence, f"items at {shown_pointer(listing.items)}", *others),
        inferred=True,
    )


def find_items(operation: Operation, schemas: Mapping[str, Schema]) -> tuple[str, ...] | None:
    """The location of the items in the JSON body of the first successful response; None when it is not a list."""
    segments = [part for part in operation.path.split("/") if part and "{" not in part]
    for response in operation.responses:
        if response.status.startswith("2") or response.status == "default":
            for media in response.media:
                array = find_array(media.type, bare(segments[-1]) if segments else "", schemas)
                if media.kind == "json" and array is not None:
                    return array[0]
    return None
