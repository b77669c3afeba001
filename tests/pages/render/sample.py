"""Draw a seeded sample of documents, each cut to a few operations.

usage: sample.py CORPUS OUTPUT --seed N --documents N --operations N
"""

import argparse
import copy
import json
import random
from pathlib import Path

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def references(value):
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def cut(document, count, rng):
    entries = [(path, method) for path, item in document["paths"].items() for method in item if method in METHODS]
    chosen = set(rng.sample(entries, min(count, len(entries))))
    small = {key: value for key, value in document.items() if key not in ("paths", "components")}
    small["paths"] = {}
    for path, item in document["paths"].items():
        kept = {key: value for key, value in item.items() if key not in METHODS or (path, key) in chosen}
        if any(key in METHODS for key in kept):
            small["paths"][path] = kept
    components = document.get("components") or {}
    small["components"] = {"securitySchemes": components["securitySchemes"]} if "securitySchemes" in components else {}
    pending = list(references(small))
    seen = set()
    while pending:
        reference = pending.pop()
        if reference in seen or not reference.startswith("#/"):
            continue
        seen.add(reference)
        tokens = [token.replace("~1", "/").replace("~0", "~") for token in reference[2:].split("/")]
        if tokens[0] != "components" or len(tokens) < 3:
            continue
        target = components.get(tokens[1], {}).get(tokens[2])
        if target is not None:
            small["components"].setdefault(tokens[1], {})[tokens[2]] = target
            pending += list(references(target))
    return copy.deepcopy(small)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=10)
    parser.add_argument("--operations", type=int, default=12)
    parser.add_argument("--bytes", type=int, default=250_000)
    parser.add_argument("--exclude", type=Path, help="documents of another sample, which are left out")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    options.output.mkdir(parents=True, exist_ok=True)
    files = sorted(options.corpus.glob("*.json"))
    rng.shuffle(files)
    if options.exclude:
        files = [file for file in files if not (options.exclude / file.name).exists()]
    written = 0
    for file in files:
        document = json.loads(file.read_text())
        count = options.operations
        while count:
            small = cut(document, count, random.Random(f"{options.seed} {file.name}"))
            text = json.dumps(small, indent=1)
            if len(text) <= options.bytes:
                break
            count //= 2
        if not count:
            continue
        (options.output / file.name).write_text(text)
        written += 1
        print(file.name, sum(m in METHODS for i in small["paths"].values() for m in i), len(text))
        if written == options.documents:
            break


main()
