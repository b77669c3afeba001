"""`python -m corpus.examples PROJECT PACKAGE SPEC`: read and dump each valid example of a document, print JSON.

Examples stand beside the schema of a JSON answer, and in the schemas of components and of their properties.
jsonschema-rs says which are valid.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from speclient.contract import load_document
from speclient.contract.equality import first_difference, parse_lossless
from speclient.contract.jsontypes import Json, as_array, as_json, as_object
from speclient.contract.judge import Judge
from speclient.contract.operations import operations
from speclient.contract.schemas import Bundler
from speclient.contract.source import Document, DocumentError

Example = tuple[str, Json, Json, Any]
"""Where it stands, its value, its schema, and the type that the package has for it."""


def _values(document: Document, owner: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    if "example" in owner:
        yield "example", owner["example"]
    for number, value in enumerate(as_array(owner.get("examples"))):
        yield f"examples/{number}", value
    for name, entry in as_object(owner.get("examples")).items():
        try:
            found = document.resolved(entry)
        except DocumentError:
            continue
        if "value" in found:
            yield f"examples/{name}", found["value"]


def _answers(package: str, document: Document) -> Iterator[Example]:
    known: dict[tuple[str, str], Any] = {}
    resources = importlib.import_module(f"{package}._operations")
    for module in pkgutil.iter_modules(resources.__path__):
        for value in vars(importlib.import_module(f"{package}._operations.{module.name}")).values():
            if type(value).__name__ == "Operation":
                known[(value.method, value.path)] = value
    for operation in operations(document):
        made = known.get((operation.method, operation.path))
        answers: dict[str, Any] = made.answers if made is not None else {}
        for status, answer in operation.responses.items():
            kinds = {media.name: media for media in answers.get(status if status == "default" else status.upper(), ())}
            for name, raw in as_object(answer.get("content")).items():
                media = as_object(raw)
                if name in kinds and kinds[name].kind == "json" and "schema" in media:
                    for where, value in _values(document, media):
                        kind = kinds[name].type
                        yield f"{operation.name} {status} {where}", value, media["schema"], kind() if kind else Any


def _components(package: str, document: Document, project: Path) -> Iterator[Example]:
    models = importlib.import_module(f"{package}.models")
    lock: dict[str, Any] = json.loads((project / "speclient.lock").read_text(encoding="utf-8"))
    classes, fields = lock["names"]["classes"], lock["names"]["fields"]
    for name, schema in as_object(as_object(document.raw.get("components")).get("schemas")).items():
        key = f"#/components/schemas/{name.replace('~', '~0').replace('/', '~1')}"
        if key not in classes:
            continue
        made = getattr(models, classes[key])
        for where, value in _values(document, as_object(schema)):
            yield f"{key} {where}", value, schema, made
        for wire, attribute in fields.get(key, {}).items():
            member = as_object(as_object(schema).get("properties")).get(wire)
            for where, value in _values(document, as_object(member)):
                yield f"{key}/properties/{wire} {where}", value, member, _field(made, attribute)


def _field(model: Any, attribute: str) -> Any:
    model.model_rebuild()
    return model.model_fields[attribute].rebuild_annotation()


def judge(project: Path, package: str, spec: Path) -> dict[str, Any]:
    """Counts of valid, same and invalid examples, and how the others differ."""
    sys.path.insert(0, str(project))
    document = load_document(spec)
    decoder = importlib.import_module(f"{package}._core._decode").Decoder
    dump = importlib.import_module(package).to_jsonable
    bundler = Bundler(document)
    valid = same = invalid = 0
    differences: list[str] = []
    for where, value, schema, kind in (*_answers(package, document), *_components(package, document, project)):
        text = json.dumps(value)
        try:
            if not Judge(bundler.schema(schema), bundler.components).is_valid(as_json(parse_lossless(text))):
                invalid += 1
                continue
        except (DocumentError, ValueError):
            invalid += 1
            continue
        valid += 1
        try:
            difference = first_difference(parse_lossless(text), dump(decoder(kind).read(text.encode())))
        except Exception as problem:  # Whatever it is, it is a finding.
            found = getattr(problem, "violations", None)
            difference = f"{type(problem).__name__}: {found or problem}"[:300]
        same += difference is None
        if difference is not None:
            differences.append(f"{where}: {difference}")
    return {"examples": [valid, same, invalid], "differences": differences}


if __name__ == "__main__":
    print(json.dumps(judge(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))))
