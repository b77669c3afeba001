"""Reports and suppressions: one form for every command."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from speclient.cli import main
from speclient.diagnostics import Diagnostic, FatalError, Location, Severity
from speclient.diagnostics.report import WRITERS, Report, Table
from speclient.diagnostics.suppressions import fingerprint, read_suppressions

FOUND = Diagnostic(
    "SC704", Severity.ERROR, "a <b> & | \x1b[31m\x00 \ud800", Location("specs/a b.yaml", "/x~1y", 3, 5), "do it"
)
NOTE = Diagnostic("SC709", Severity.NOTE, "a name", None)
REPORT = Report("speclient pages check", (FOUND, NOTE), (Table("Facts", ("page", "facts"), (("a|b", "<1>"),)),), "1.2")

SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1', description: d}
servers: [{url: 'https://api.example.com'}]
security: []
paths:
  /a:
    get:
      operationId: getA
      summary: Get.
      responses:
        '200': {description: OK}
        '404': {description: No}
components:
  schemas:
    Unused: {type: string, description: d}
"""


def test_junit_is_xml_with_a_case_per_finding() -> None:
    root = ElementTree.fromstring(WRITERS["junit"](REPORT))
    cases = root.findall("testsuite/testcase")
    assert [len(case.findall("failure")) for case in cases] == [1, 0]
    assert "specs/a b.yaml:3:5" in (cases[0].findtext("failure") or "")
    empty = ElementTree.fromstring(WRITERS["junit"](Report("t", ())))
    assert len(empty.findall("testsuite/testcase")) == 1


def test_sarif_has_rules_places_and_fingerprints() -> None:
    (run,) = json.loads(WRITERS["sarif"](REPORT))["runs"]
    first, second = run["results"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SC704", "SC709"]
    assert first["level"] == "error"
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "specs/a%20b.yaml"
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}
    assert first["partialFingerprints"] == {"speclient/v1": fingerprint(FOUND)}
    assert "locations" not in second


def test_html_is_self_contained_and_escaped() -> None:
    text = WRITERS["html"](REPORT)
    assert "a &lt;b&gt; &amp;" in text
    assert "&lt;1&gt;" in text
    assert not re.search(r"<script|<link|src=|url\(|@import|\x1b|\x00", text)
    text.encode()


def test_markdown_tables_have_as_many_cells_as_columns() -> None:
    rows = [line for line in WRITERS["markdown"](REPORT).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3, 5}


def test_a_fingerprint_stays_when_lines_move() -> None:
    moved = replace(FOUND, location=Location("specs/a b.yaml", "/x~1y", 99, 1))
    assert fingerprint(moved) == fingerprint(FOUND)
    assert fingerprint(replace(FOUND, message="says p, line 3")) == fingerprint(
        replace(FOUND, message="says p, line 4")
    )
    assert fingerprint(replace(FOUND, message="other")) != fingerprint(FOUND)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    # The only finding is a note by default.
    (tmp_path / "pyproject.toml").write_text(
        '[tool.speclient]\nspecs = ["spec.yaml"]\nrules = {SC113 = "warning"}\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def suppress(project: Path, code: str, digits: str, reason: str = "Used by another tool.") -> None:
    text = f"- code: {code}\n  fingerprint: '{digits}'\n  reason: {reason}\n"
    (project / "suppressions.yaml").write_text(text, encoding="utf-8")


def findings(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    main(["check", "--format", "json"])
    return [(entry["code"], entry["fingerprint"]) for entry in json.loads(capsys.readouterr().out)]


def test_a_suppressed_finding_is_not_reported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ((code, digits),) = findings(capsys)
    assert main(["check", "--strict"]) == 1
    suppress(project, code, digits)
    assert main(["check", "--strict"]) == 0


def test_a_stale_suppression_fails_unless_only_a_part_was_checked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suppress(project, "SC113", "0123456789ab")
    assert main(["check"]) == 1
    assert "SC504" in capsys.readouterr().out
    assert main(["check", "spec.yaml"]) == 0
    suppress(project, "SC704", "0123456789ab")
    assert main(["check"]) == 0, "`check` cannot report SC704, so the entry can be in use"


@pytest.mark.parametrize(
    "text",
    [
        "code: SC113",
        "- code: SC113\n  fingerprint: 'a'",
        "- {code: SC999, fingerprint: 'a', reason: r}",
        "- {code: SC113, fingerprint: 123456789012, reason: r}",
        "- {code: SC113, fingerprint: 'a', reason: }",
        "- [",
        "\x00",
    ],
)
def test_an_invalid_file_is_a_usage_error(project: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "suppressions.yaml").write_text(text, encoding="utf-8")
    assert main(["check"]) == 2
    assert "SC503" in capsys.readouterr().err
    with pytest.raises(FatalError):
        read_suppressions(project / "suppressions.yaml")


def test_report_files_are_written_next_to_the_text(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["a.json", "a.md", "a.xml", "a.sarif", "a.html"]
    assert main(["check", *(f"--report={name}" for name in names)]) == 0
    assert "SC113" in capsys.readouterr().out
    assert all("SC113" in (project / name).read_text(encoding="utf-8") for name in names)
    assert main(["check", "--report", "a.pdf"]) == 2
    assert main(["check", "--report", "a.json/b.json"]) == 2
