"""Models and enumerations as values: built by keywords and from JSON, compared, shown, masked, copied."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, cast

from ..client_call import Returned
from ..equality import first_difference, parse_lossless
from ..findings import Finding
from ..jsontypes import Json, as_object, as_text
from ..judge import Verdict
from ..package import Package
from ..samples import complete
from ..spelling import at, leaves, near, removed, replaced, write
from .bench import Bench, Reply

_NEAR_MISSES = 30


def check_enumerations(package: Package) -> Iterator[Finding]:
    """Members are found by value; unlisted values of the same type are members too, and copies are equal."""
    for kind in package.enums:
        members: list[Any] = list(kind)
        lookup = cast("Callable[[Any], Any]", kind)
        for member in members:
            found = lookup(member.value)
            if found is not member or not found.is_known:
                yield Finding(kind.__name__, "enum.member", f"{member!r} for {member.value!r}", repr(found))
        for value in ("x-proof", 987_654_321):
            if not any(type(each.value) is type(value) for each in members):
                continue
            unlisted = lookup(value)
            if unlisted.is_known or unlisted.value != value or unlisted in members or f"{value}" not in repr(unlisted):
                yield Finding(kind.__name__, "enum.unlisted", f"an unknown member {value!r}", repr(unlisted))
            if isinstance(unlisted, str | int) and (unlisted != value or hash(unlisted) != hash(value)):
                yield Finding(kind.__name__, "enum.unlisted", f"a member equal to {value!r}", repr(unlisted))
            clones: dict[str, Any] = {
                "pickle": pickle.loads(pickle.dumps(unlisted)),
                "copy": copy.deepcopy(unlisted),
                "lookup": lookup(value),
            }
            for name, clone in clones.items():
                if clone != unlisted or clone.value != value or clone.is_known:
                    yield Finding(kind.__name__, f"enum.{name}", repr(unlisted), repr(clone))
        wrong: tuple[Any, ...] = (None, [], object())
        for value in wrong:
            try:
                got = repr(lookup(value))
            except ValueError:
                continue
            yield Finding(kind.__name__, "enum.wrong", f"ValueError for {value!r}", got)


def check_models(bench: Bench) -> Iterator[Finding]:
    """The models that responses are read as."""
    for response in bench.responses:
        if not response.has_schema:
            continue
        judge = bench.space.judge(response)
        for body in complete(judge, limit=4):
            value = _value(bench, response.status, Reply(response.status, write(body).encode(), (
                ("content-type", response.media_type or "application/json"),)), response.chosen)  # fmt: skip
            if hasattr(type(value), "model_fields") and isinstance(body, dict):
                yield from _model(bench, f"{bench.name} -> {response.name}", value, body, judge)


def _value(bench: Bench, status: int, reply: Reply, chosen: Mapping[Any, Json]) -> Any:
    values = {**bench.arguments.values, **chosen}
    arguments = type(bench.arguments)(values, bench.arguments.body, bench.arguments.body_type)
    trial = bench.trial([reply], arguments=arguments, max_retries=0)
    if status >= 300:
        return getattr(trial.error, "body", None)
    return trial.outcome.value if isinstance(trial.outcome, Returned) else None


def _model(bench: Bench, where: str, value: Any, body: dict[str, Json], judge: Any) -> Iterator[Finding]:
    kind, text = type(value), write(body)
    fields: Mapping[str, Any] = kind.model_fields

    def finding(check: str, expected: str, got: str) -> Finding:
        return Finding(where, f"model.{check}", expected, got, f"{kind.__name__}: {text[:400]}")

    if "root" in fields and len(fields) == 1:
        return
    by_attribute = {name: getattr(value, name) for name, info in fields.items() if (info.alias or name) in body}
    listed = {info.alias or name for name, info in fields.items()}
    known = {name: each for name, each in body.items() if name in listed}
    plain: Any = json.loads(text)
    by_wire_name = {name: each for name, each in plain.items() if name in listed}
    create_from = cast("Callable[..., Any]", kind)
    creations: tuple[tuple[str, Callable[[], Any], dict[str, Json]], ...] = (
        ("validate_json", partial(kind.model_validate_json, text), body),
        ("validate_json", partial(kind.model_validate_json, text.encode()), body),
        ("validate", partial(kind.model_validate, plain), body),
        ("attributes", partial(create_from, **by_attribute), known),
        ("wire_names", partial(create_from, **by_wire_name), known),
    )
    for check, create, expected in creations:
        try:
            built = create()
        except Exception as error:
            yield finding(check, "a model", f"{type(error).__name__}: {error}"[:300])
            continue
        if difference := first_difference(expected, bench.package.to_jsonable(built)):
            yield finding(check, "a model that dumps to the same JSON", difference)
        elif expected == body and built != value:
            yield finding("equality", "models of the same JSON that are equal", f"{built!r} and {value!r}"[:300])
    yield from _rejections(finding, kind, body, judge)
    yield from _shown(bench.package, finding, value, body)
    for each in by_attribute.values():
        if hasattr(type(each), "timedelta"):
            yield from _duration(finding, type(each))
    for name, info in fields.items():
        wire = info.alias or name
        if wire in body:
            changed = removed(body, (wire,))
            rest = {each: other for each, other in by_attribute.items() if each != name}
            incomplete: Any = kind.model_construct(**rest)
            if info.is_required():
                problem: Any = bench.package.module.MissingPropertyError
                try:
                    yield finding("missing", f"MissingPropertyError for .{name}", repr(getattr(incomplete, name)))
                except problem:
                    pass
            elif (got := getattr(incomplete, name)) is not None and name not in getattr(kind, "_fixed", {}):
                yield finding("missing", f"None for .{name}", repr(got))
            if body[wire] is not None and judge.is_valid(changed) and kind.model_validate_json(write(changed)) == value:
                yield finding("equality", f"models with and without {wire!r} that differ", "equal models")
    others: tuple[object, ...] = (object(), None, body)
    if any(value == other for other in others):
        yield finding("equality", "a model that differs from other objects", repr(value)[:200])
    try:
        got = repr(value.proof_unknown)
    except AttributeError:
        got = ""
    if got:
        yield finding("unknown", "AttributeError for an unknown attribute", got)


def _duration(finding: Callable[[str, str, str], Finding], kind: Any) -> Iterator[Finding]:
    """Durations keep their text; those of a fixed length are timedeltas too."""
    for text, length in (
        ("P1D", timedelta(days=1)), ("PT1H30M", timedelta(minutes=90)), ("P2W", timedelta(weeks=2)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)), ("-PT1,5S", timedelta(seconds=-1.5)),
        ("P1M", None), ("P1Y", None), ("P", None), ("PT", None), ("1D", None), (f"P{'9' * 12}D", None),
    ):  # fmt: skip
        try:
            got: object = kind(text).timedelta
        except ValueError:
            got = None
        if got != length or str(kind(text)) != text:
            yield finding("duration", f"{length} for {text!r}", repr(got))
    for length in (timedelta(), timedelta(days=3), timedelta(days=1, seconds=1.25), timedelta(seconds=-90)):
        if kind.of(length).timedelta != length:
            yield finding("duration", f"a duration of {length}", repr(kind.of(length)))


def _rejections(finding: Any, kind: Any, body: dict[str, Json], judge: Any) -> Iterator[Finding]:
    """Validation rejects what a strict client rejects."""
    tried = 0
    for path in leaves(body):
        for changed in (replaced(body, path, other) for other in near(at(body, path)) if path):
            text = write(changed)
            if tried >= _NEAR_MISSES or judge.verdict(parse_lossless(text)) is not Verdict.INVALID:
                continue
            tried += 1
            for name, validate in (
                ("validate_json", partial(kind.model_validate_json, text)),
                ("validate", partial(kind.model_validate, json.loads(text))),
            ):
                try:
                    got = repr(validate())
                except ValueError:
                    continue
                yield finding(name, f"ValidationError for {text[:200]}", got[:200])
    for path in leaves(body):
        if path and not isinstance(at(body, path), dict | list):
            data: Any = replaced(json.loads(write(body)), path, float("nan"))
            try:
                got = repr(kind.model_validate(data))
            except ValueError:
                continue
            yield finding("validate", f"ValidationError for NaN at {path}", got[:200])
    for text in ("", "{", "[]", '{"a": NaN}', '"text"'):
        try:
            got = repr(kind.model_validate_json(text))
        except ValueError:
            continue
        yield finding("validate_json", f"ValidationError for {text!r}", got[:200])


def _shown(package: Package, finding: Any, value: Any, body: dict[str, Json]) -> Iterator[Finding]:
    """`repr` and `str` name the class and hide secrets, and so does `to_dict(mask_secrets=True)`."""
    if repr(value) != str(value) or not repr(value).startswith(type(value).__name__):
        yield finding("repr", "text that begins with the name of the class", repr(value)[:100])
    secret = _passwords(package)
    masked, plain = value.to_dict(mask_secrets=True), value.to_dict()
    for name, each in body.items():
        if not isinstance(each, str) or len(each) < 3:
            continue
        if name in secret and (masked.get(name) == each or plain.get(name) != each):
            yield finding("mask_secrets", f"{name!r} hidden in to_dict(mask_secrets=True) only", str(masked.get(name)))
        attribute = next((each for each, info in type(value).model_fields.items() if (info.alias or each) == name), "")
        if name in secret and f"{attribute}={each!r}" in repr(value):
            yield finding("repr", f"text without the value of {name!r}", repr(value)[:200])
    if masked.keys() != plain.keys() or first_difference(body, package.to_jsonable(plain)):
        yield finding("mask_secrets", "the same properties with and without mask_secrets", str(masked)[:200])


def _passwords(package: Package) -> frozenset[str]:
    """Properties that are passwords wherever they are in the document."""
    seen: dict[str, bool] = {}

    def visit(node: Json, depth: int) -> None:
        if depth > 60:
            return
        if isinstance(node, list):
            for each in node:
                visit(each, depth + 1)
        elif isinstance(node, dict):
            for name, schema in as_object(node.get("properties")).items():
                is_secret = as_text(as_object(schema).get("format")) == "password"
                seen[name] = seen.get(name, True) and is_secret
            for each in node.values():
                visit(each, depth + 1)

    visit(dict(package.document.raw), 0)
    return frozenset(name for name, is_secret in seen.items() if is_secret)
