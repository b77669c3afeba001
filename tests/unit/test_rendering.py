"""How diagnostics are printed: grouped, sorted, limited."""

from __future__ import annotations

from pathlib import Path

import pytest

from speclient.cli import main
from speclient.diagnostics import Diagnostic, Location, Severity, Sink, render_text

DOCUMENT = """\
openapi: 3.1.0
info: {title: Things, version: '1'}
security: []
paths:
"""


def _warning(line: int, message: str = "no description") -> Diagnostic:
    return Diagnostic("SC118", Severity.WARNING, message, Location("a.yaml", f"/paths/{line}", line, 3), "add one")


def test_equal_findings_are_one_block_with_their_locations() -> None:
    text = render_text([_warning(line) for line in (30, 4, 12)])
    assert text.splitlines() == [
        "a.yaml:4:3: warning[SC118]: no description",
        "    at #/paths/4",
        "    and 2 more locations: 12:3, 30:3",
        "    help: add one",
    ]


def test_many_locations_are_listed_only_when_verbose() -> None:
    diagnostics = [_warning(line) for line in range(1, 24)]
    assert "and 22 more locations: 2:3, 3:3, 4:3, 5:3, 6:3, ..." in render_text(diagnostics)
    assert "23:3" in render_text(diagnostics, verbose=True)


def test_many_messages_of_one_code_are_counted() -> None:
    diagnostics = [_warning(line, f"operation {line}") for line in range(1, 501)]
    text = render_text(diagnostics)
    assert text.splitlines()[-1] == "a.yaml: 490 more of SC118; --verbose prints all"
    assert len(text.splitlines()) == 31
    assert "operation 500" in render_text(diagnostics, verbose=True)


def test_every_error_is_printed() -> None:
    errors = [
        Diagnostic("SC010", Severity.ERROR, f"unresolved {line}", Location("a.yaml", "", line)) for line in range(1, 41)
    ]
    assert render_text(errors).count("error[SC010]") == 40


def test_rules_are_switched_off_and_graded() -> None:
    sink = Sink({"SC113": None, "SC118": Severity.ERROR})
    sink.report("SC113", "unused")
    sink.report("SC118", "no description")
    assert [(each.code, each.severity) for each in sink] == [("SC118", Severity.ERROR)]


def _project(folder: Path, rules: str) -> None:
    (folder / "api.yaml").write_text(
        DOCUMENT + "  /a:\n    get: {operationId: a, responses: {'200': {description: d}}}\n", encoding="utf-8"
    )
    (folder / "pyproject.toml").write_text(
        f'[tool.speclient]\nspecs = ["api.yaml"]\nrules = {{{rules}}}\n', encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("rules", "code"),
    [("", 0), ('SC118 = "error"', 1), ('SC118 = "off"', 0)],
)
def test_settings_grade_rules(
    rules: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _project(tmp_path, rules)
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == code
    assert ("[SC118]" in capsys.readouterr().out) is ("off" not in rules)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ('SC999 = "off"', "unknown code 'SC999'"),
        ('SC010 = "off"', "SC010 cannot be changed"),
        ('SC118 = "silent"', "SC118 must be one of off, error, warning, note"),
        ("SC118 = 1", "rules must be a table"),
    ],
)
def test_invalid_rules_are_errors(
    rules: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _project(tmp_path, rules)
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 2
    assert message in capsys.readouterr().err


def test_a_fault_of_many_operations_is_one_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    operations = "".join(
        f"  /p{number}: {{get: {{operationId: p{number}, responses: {{'200': {{description: d}}}}}}}}\n"
        for number in range(500)
    )
    Path("api.yaml").write_text(DOCUMENT + operations, encoding="utf-8")
    assert main(["check", "api.yaml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ", 1)[1] for line in lines if "warning[" in line] == [
        "warning[SC118]: the operation has no summary and no description",
        "warning[SC116]: the operation documents neither a 4xx response nor a default",
    ]
    assert len(lines) < 12
