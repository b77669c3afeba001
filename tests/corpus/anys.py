"""Each annotation `Any` of a package, compared with the document (`corpus.untyped`) and the generation report."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.untyped import at, judged
from speclient.contract import load_document
from speclient.contract.jsontypes import as_object
from speclient.contract.operations import Operation, operations
from speclient.ir import Api, ObjectSchema
from speclient.naming import Names


@dataclass(frozen=True)
class Annotation:
    """An annotation in generated code, the schemas that it stands for (any of them), and where they stand."""

    code: ast.expr
    schemas: tuple[Any, ...]
    place: str
    owner: str = ""


def judge_package(
    spec: Path, project: Path, api: Api, names: Names, document: Mapping[str, Any]
) -> tuple[list[int], list[str]]:
    """Count the `Any` that the document explains, that the report explains, and the others; list the others."""
    entries = json.loads((project / "report.json").read_text(encoding="utf-8"))["entries"]
    lost = [entry for entry in entries if entry["kind"] == "degraded"]
    counts, places = [0, 0, 0], []
    package = next(project.glob("*/__init__.py")).parent
    for annotation in (*_models(package, api, names, document), *_operations(package, spec)):
        for fine in judged(document, annotation.code, annotation.schemas):
            told = any(
                entry["owner"] == annotation.owner or entry["pointer"].startswith(annotation.place) for entry in lost
            )
            counts[0 if fine else 1 if told else 2] += 1
            if not fine and not told:
                places.append(f"{annotation.place}: {ast.unparse(annotation.code)[:120]}")
    return counts, places


def _models(package: Path, api: Api, names: Names, document: Mapping[str, Any]) -> Iterator[Annotation]:
    schemas = {names.classes[schema.id]: schema for schema in api.schemas}
    for path in sorted((package / "models").glob("_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case ast.Assign(targets=[ast.Name(name)], value=ast.Call(args=[_, code])) if name in schemas:
                    place = schemas[name].origin.pointer
                    yield Annotation(code, (at(document, place),), place, schemas[name].id)
                case ast.ClassDef(name=name):
                    schema = schemas.get(name)
                    if not isinstance(schema, ObjectSchema):
                        continue
                    wires = {attribute: wire for wire, attribute in names.fields[schema.id].items()}
                    members = {member.name: member for member in schema.properties}
                    for item in node.body:
                        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                            member = members.get(wires.get(item.target.id, ""))
                            if member is not None and member.origin is not None:
                                place = member.origin.pointer
                                yield Annotation(item.annotation, (at(document, place),), place, schema.id)
                case _:
                    pass


def _operations(package: Path, spec: Path) -> Iterator[Annotation]:
    known = {(operation.method, operation.path): operation for operation in operations(load_document(spec))}
    table = json.loads((package / "_spec" / "operations.json").read_text(encoding="utf-8"))["operations"]
    rows = {row["call"]: row for row in table}
    for path in sorted((package / "resources").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    row = rows.get(f"{path.stem}.{getattr(item, 'name', '')}")
                    if isinstance(item, ast.FunctionDef) and row is not None:
                        yield from _method(item, row, known[(row["method"], row["path"])])


def _method(function: ast.FunctionDef, row: Mapping[str, Any], operation: Operation) -> Iterator[Annotation]:
    key = operation.name
    place = f"/paths/{operation.path.replace('~', '~0').replace('/', '~1')}/{operation.method.lower()}"
    wires = {made["argument"]: (made["in"], made["name"]) for made in row["parameters"]}
    for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs):
        if argument.annotation is None:
            continue
        if argument.arg in wires:
            found = [each for each in operation.parameters if (each.key.location, each.key.name) == wires[argument.arg]]
            schemas = tuple(each.schema for each in found)
        elif argument.arg == "body" and operation.body is not None:
            schemas = tuple(operation.body.content.values())
        else:
            continue
        yield Annotation(argument.annotation, schemas, f"{place} {argument.arg}", key)
    responses = operation.responses
    good = [answer for status, answer in responses.items() if status.startswith("2")] or [responses.get("default", {})]
    content = [as_object(media).get("schema") for answer in good for media in as_object(answer.get("content")).values()]
    if function.returns is not None:
        yield Annotation(function.returns, tuple(content), f"{place} result", key)
