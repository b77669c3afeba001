"""The four generated clients, both directions, every operation.

What the tests are about comes from the specs, so that a missing package or method fails instead of vanishing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from speclient.contract import (
    DocumentedResponse,
    Method,
    Package,
    Profile,
    ResponseContract,
    ResponseSpace,
    Session,
    check_awkward_values,
    check_faults,
    check_refusals,
    check_requests,
    load_document,
    load_package,
    loopback,
)
from speclient.contract.equality import first_difference
from speclient.contract.operations import operations
from speclient.contract.source import Document, parse_document

ROOT = Path(__file__).parents[2]
SPECS = ("coalesce", "mode", "cortex", "etlworks")
# Random input finds what nobody thought of, and the more the better, but every change waits for it.
# The sweeps find the small cases already, so shrinking would cost minutes for little.
RANDOM = Profile(examples=int(os.environ.get("CONTRACT_EXAMPLES", "20")), shrink=False)


@dataclass(frozen=True)
class Subject:
    """One operation of one spec, or one answer of it."""

    spec: str
    method: str
    path: str
    answer: str = ""

    def __str__(self) -> str:
        return f"{self.spec} {self.method} {self.path} {self.answer}".strip()


@cache
def document(spec: str) -> Document:
    return load_document(ROOT / "specs" / f"{spec}.yaml")


@cache
def package(spec: str) -> Package:
    extension = document(spec).raw["x-speclient"]
    assert isinstance(extension, dict)
    project = str(extension["package"])
    folder = ROOT / "generated" / project
    source = folder / "src" if (folder / "src").is_dir() else folder
    return load_package(project.replace("-", "_"), path=source, spec=ROOT / "specs" / f"{spec}.yaml")


@cache
def space(spec: str) -> ResponseSpace:
    return ResponseSpace(document(spec), tuple(operations(document(spec))))


@cache
def contract(spec: str, name: str) -> ResponseContract:
    return ResponseContract(package(spec), method(spec, name), space(spec))


def method(spec: str, name: str) -> Method:
    return next(each for each in package(spec).methods if each.operation.name == name)


def operation_subjects() -> Iterator[Subject]:
    for spec in SPECS:
        for operation in operations(document(spec)):
            yield Subject(spec, operation.method, operation.path)


def answer_subjects(*, json: bool) -> Iterator[Subject]:
    for spec in SPECS:
        for answer in space(spec).responses:
            if answer.has_schema == json:
                yield Subject(spec, answer.operation.method, answer.operation.path, answer.name)


def tried(subject: Subject) -> tuple[ResponseContract, DocumentedResponse]:
    it = contract(subject.spec, f"{subject.method} {subject.path}")
    return it, next(each for each in it.responses if each.name == subject.answer)


each_operation = pytest.mark.parametrize("subject", list(operation_subjects()), ids=str)
each_json_answer = pytest.mark.parametrize("subject", list(answer_subjects(json=True)), ids=str)
each_other_answer = pytest.mark.parametrize("subject", list(answer_subjects(json=False)), ids=str)


@pytest.mark.parametrize("spec", SPECS)
def test_the_table_names_every_operation_and_parameter(spec: str) -> None:
    assert list(package(spec).judge_table()) == []


@pytest.mark.parametrize("spec", SPECS)
def test_the_packages_copy_of_the_document_is_the_document(spec: str) -> None:
    copy = Path(str(package(spec).module.__file__)).parent / "_spec" / "openapi.json"
    copied = parse_document(copy.read_text(encoding="utf-8"))
    assert first_difference(document(spec).raw, copied.raw) is None


@each_operation
def test_any_arguments_reach_the_wire(subject: Subject) -> None:
    check_requests(package(subject.spec), method(subject.spec, f"{subject.method} {subject.path}"), RANDOM)


@each_operation
def test_awkward_arguments_reach_the_wire(subject: Subject) -> None:
    tested = package(subject.spec)
    check_awkward_values(Session(tested), method(subject.spec, f"{subject.method} {subject.path}"))


@each_operation
def test_awkward_arguments_leave_the_machine(subject: Subject) -> None:
    with loopback(package(subject.spec)) as session:
        check_awkward_values(session, method(subject.spec, f"{subject.method} {subject.path}"))


@each_operation
def test_impossible_arguments_are_refused(subject: Subject) -> None:
    check_refusals(package(subject.spec), method(subject.spec, f"{subject.method} {subject.path}"))


@each_operation
def test_faults_end_in_the_documented_error(subject: Subject) -> None:
    check_faults(contract(subject.spec, f"{subject.method} {subject.path}"))


@pytest.mark.slow
@each_json_answer
def test_each_member_of_an_answer_is_read_and_checked(subject: Subject) -> None:
    it, answer = tried(subject)
    it.check_sweep(answer)


@pytest.mark.slow
@each_json_answer
def test_any_answer_is_read_or_refused(subject: Subject) -> None:
    it, answer = tried(subject)
    it.check_random(answer, RANDOM)


@each_other_answer
def test_answers_without_json(subject: Subject) -> None:
    it, answer = tried(subject)
    it.check_plain(answer)
