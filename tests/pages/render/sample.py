"""Draw a seeded sample of documents, each cut to a few operations and what they refer to.

usage: python sample.py CORPUS OUTPUT --seed N --documents N --operations N [--exclude FOLDER]
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MAX_LENGTH = 250_000
"""Of the text of a document; a longer one is cut to fewer operations."""


def references(value: Any) -> Iterator[str]:
    """All references in a value."""
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def cut(document: dict[str, Any], count: int, rng: random.Random) -> dict[str, Any]:
    """The document with some of its operations."""
    entries = [(path, method) for path, item in document["paths"].items() for method in item if method in METHODS]
    chosen = set(rng.sample(entries, min(count, len(entries))))
    small = {key: value for key, value in document.items() if key not in ("paths", "components")}
    small["paths"] = {}
    for path, item in document["paths"].items():
        kept = {key: value for key, value in item.items() if key not in METHODS or (path, key) in chosen}
        if any(key in METHODS for key in kept):
            small["paths"][path] = kept
    components = document.get("components") or {}
    small["components"] = {key: components[key] for key in ("securitySchemes",) if key in components}
    pending, seen = list(references(small)), set[str]()
    while pending:
        reference = pending.pop()
        tokens = [token.replace("~1", "/").replace("~0", "~") for token in reference.removeprefix("#/").split("/")]
        if reference in seen or tokens[0] != "components" or len(tokens) < 3:
            continue
        seen.add(reference)
        target = components.get(tokens[1], {}).get(tokens[2])
        if target is not None:
            small["components"].setdefault(tokens[1], {})[tokens[2]] = target
            pending += references(target)
    return small


def text_of(file: Path, seed: int, operations: int) -> str | None:
    """The text of a document with so many operations that it is not too long."""
    document = json.loads(file.read_text(encoding="utf-8"))
    for count in (operations, operations // 2, operations // 4, 1):
        text = json.dumps(cut(document, count, random.Random(f"{seed} {file.name}")), indent=1)
        if len(text) <= MAX_LENGTH:
            return text
    return None


def main() -> None:
    """Write the sample."""
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--operations", type=int, default=10)
    parser.add_argument("--exclude", type=Path, help="a folder with documents that are left out")
    options = parser.parse_args()
    files = sorted(options.corpus.glob("*.json"))
    random.Random(options.seed).shuffle(files)
    files = [file for file in files if options.exclude is None or not (options.exclude / file.name).exists()]
    options.output.mkdir(parents=True, exist_ok=True)
    written = 0
    for file in files:
        text = text_of(file, options.seed, options.operations)
        if text is not None and written < options.documents:
            (options.output / file.name).write_text(text, encoding="utf-8")
            written += 1
            print(file.name, len(text))


if __name__ == "__main__":
    main()
