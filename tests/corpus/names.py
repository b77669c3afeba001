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
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
if str(TESTS) not in sys.path:
    sys.path.insert(0, str(TESTS))

from speclient.build import build_api  # noqa: E402
from speclient.diagnostics import FatalError, Sink  # noqa: E402
from speclient.document import load  # noqa: E402
from speclient.ir import Api  # noqa: E402
from speclient.naming import Names, choose_names  # noqa: E402
from speclient.naming.words import singular  # noqa: E402

KINDS = ("begins", "contains", "long", "numbered", "option", "big", "single")
MANY = 40
LONG = 45


@dataclass
class Quality:
    """The names of one or several documents."""

    methods: int = 0
    classes: int = 0
    groups: int = 0
    found: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def add(self, api: Api, names: Names) -> None:
        by_group: dict[str, list[str]] = {}
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
        totals = {"option": self.classes, "single": self.groups}
        return {
            kind: len(self.found[kind]) / max(1, totals.get(kind, self.methods))
            if kind != "big"
            else len(self.found[kind])
            for kind in KINDS
        }


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
        print(f"{kind:10} {len(quality.found[kind]):6} {share:8.2%}" if kind != "big" else f"{kind:10} {share:6}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
