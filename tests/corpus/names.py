"""How names of packages read: shares of methods, classes and groups that are worse than a person's choice.

usage: python tests/corpus/names.py [--show KIND] [--changes] [NAME...]

The documents are those of the folder SPECLIENT_CORPUS. Words are compared without plural endings. Definitions:

begins     the words of the method begin with those of its group (`issues.issues_create`)
contains   the group's words are all among the method's (`issues.create_issue`)
long       the method has over 45 characters
numbered   the method ends in `_N`, and its operationId does not end in N
option     a class of a variant is called `...OptionN` or `...VariantN`
big        a group called api, default or misc has over 40 methods
single     a group has one method, in documents with over 40 operations (share of groups)
bodies     an object body has no keyword arguments (share of object bodies)
any        the result is `Any` although a JSON response has a schema with a type
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from speclient.build import build_api  # noqa: E402
from speclient.diagnostics import FatalError, Sink  # noqa: E402
from speclient.document import load  # noqa: E402
from speclient.ir import (  # noqa: E402
    AliasSchema,
    Anything,
    Api,
    MediaType,
    Named,
    ObjectSchema,
    Operation,
    Scalar,
    ScalarKind,
    Schema,
    TypeRef,
    UnionOf,
)
from speclient.naming import Names, choose_names  # noqa: E402
from speclient.naming.words import singular  # noqa: E402

KINDS = ("begins", "contains", "long", "numbered", "option", "big", "single", "bodies", "any")
GOALS = {
    "begins": 0.005, "contains": 0.05, "long": 0.02, "numbered": 0.002, "option": 0.005, "big": 0, "single": 0.1,
    "bodies": 0.02, "any": 0,
}  # fmt: skip
"""The most that is allowed: shares, and a number for `big`."""
NULL = Scalar(ScalarKind.NULL)
MANY = 40
LONG = 45


@dataclass
class Quality:
    """The names of one or several documents."""

    methods: int = 0
    classes: int = 0
    groups: int = 0
    bodies: int = 0
    found: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def add(self, api: Api, names: Names) -> None:
        by_group: dict[str, list[str]] = {}
        schemas = {schema.id: schema for schema in api.schemas}
        for operation in api.operations:
            own = names.operations[operation.key]
            by_group.setdefault(own.group, []).append(own.method)
            call = f"{own.group}.{own.method}"
            group, method = words(own.group), words(own.method)
            if len(method) > len(group) and method[: len(group)] == group:
                self.found["begins"].append(call)
            if len(method) > len(group) and not Counter(group) - Counter(method):
                self.found["contains"].append(call)
            if len(own.method) > LONG:
                self.found["long"].append(call)
            number = re.search(r"_(\d+)_?$", own.method)
            if number and not re.search(rf"{number[1]}$", operation.operation_id or ""):
                self.found["numbered"].append(call)
            if _object_body(operation, schemas):
                self.bodies += 1
                if not own.body:
                    self.found["bodies"].append(call)
            if any(media.kind == "json" and _is_any(media.type, schemas) for media in _success(operation)):
                self.found["any"].append(call)
        self.methods += len(api.operations)
        self.classes += len(names.classes)
        self.found["option"] += [name for name in names.classes.values() if re.search(r"(Option|Variant)\d+", name)]
        self.found["big"] += [
            f"{group}: {len(methods)}"
            for group, methods in by_group.items()
            if group in ("api", "default", "misc") and len(methods) > MANY
        ]
        if len(api.operations) > MANY:
            self.groups += len(by_group)
            self.found["single"] += [
                f"{group}.{methods[0]}" for group, methods in by_group.items() if len(methods) == 1
            ]

    def shares(self) -> dict[str, float]:
        totals = {"option": self.classes, "single": self.groups, "bodies": self.bodies}
        return {
            kind: len(self.found[kind]) / max(1, totals.get(kind, self.methods))
            if kind != "big"
            else len(self.found[kind])
            for kind in KINDS
        }


def _object_body(operation: Operation, schemas: Mapping[str, Schema]) -> bool:
    """Whether the first media type of the body is an object with properties, or only null beside it."""
    media = operation.body.media[0] if operation.body is not None else None
    if media is None or media.kind not in ("json", "form", "multipart"):
        return False
    ref = _resolved(media.type, schemas)
    others = [member for member in ref.members if member != NULL] if isinstance(ref, UnionOf) else [ref]
    schema = schemas.get(others[0].schema) if len(others) == 1 and isinstance(others[0], Named) else None
    return isinstance(schema, ObjectSchema) and any(not property_.read_only for property_ in schema.properties)


def _success(operation: Operation) -> Iterator[MediaType]:
    for response in operation.responses:
        if response.status.startswith("2"):
            yield from response.media


def _is_any(ref: TypeRef, schemas: Mapping[str, Schema]) -> bool:
    """Whether a type was reduced to any value, for a reason that the generation report states."""
    resolved = _resolved(ref, schemas)
    return isinstance(resolved, Anything) and resolved.reason is not None


def _resolved(ref: TypeRef, schemas: Mapping[str, Schema]) -> TypeRef:
    seen: set[str] = set()
    while isinstance(ref, Named) and ref.schema not in seen:
        seen.add(ref.schema)
        schema = schemas.get(ref.schema)
        if not isinstance(schema, AliasSchema):
            break
        ref = schema.type
    return ref


def words(name: str) -> list[str]:
    """The words of a name, without plural endings."""
    return [singular(word) for word in re.split(r"[_.]+", name.lower()) if word]


def measure(path: Path) -> tuple[Api, Names] | None:
    """The API and the names of a document; None for a file that is not one."""
    try:
        api = build_api(load(path, Sink()), Sink())
    except FatalError:
        return None
    return api, choose_names(api, Sink())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--show", action="append", default=[], choices=KINDS)
    options = parser.parse_args()
    folder = os.environ.get("SPECLIENT_CORPUS")
    if not folder:
        sys.exit("SPECLIENT_CORPUS must name a folder of OpenAPI documents")
    quality = Quality()
    for path in sorted(Path(folder).glob("*.json")):
        if options.names and path.stem not in options.names:
            continue
        measured = measure(path)
        if measured is not None:
            quality.add(*measured)
    for kind in options.show:
        for line in quality.found[kind]:
            print(f"  {kind}: {line}")
    print(
        f"{quality.methods} methods, {quality.classes} classes, "
        f"{quality.groups} groups in documents over {MANY} operations"
    )
    for kind, share in quality.shares().items():
        goal = GOALS[kind]
        print(
            f"{kind:10} {len(quality.found[kind]):6} {share:8.2%}  (goal {goal:.1%})"
            if kind != "big"
            else f"{kind:10} {share:6}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
