"""`speclient init --page`: from a saved page to a package, without edits in between."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from speclient.cli import main
from tests_support import PACKAGES, ROOT

from .page_writer import write_page


@pytest.mark.parametrize("name", PACKAGES)
def test_a_page_becomes_a_package(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SPECLIENT_PAGES", raising=False)
    page = tmp_path / "saved.md"
    page.write_text(write_page(ROOT / "specs" / f"{name}.yaml", "The API"), encoding="utf-8")
    folder = tmp_path / f"new-{name}"
    assert main(["init", str(folder), "--page", str(page), "--url", "https://docs.example.com/api"]) == 0
    monkeypatch.chdir(folder)
    assert main(["check"]) == 0
    assert main(["pages", "check"]) == 0, capsys.readouterr().out
    assert main(["pages", "diff"]) == 0
    assert main(["generate"]) == 0
    assert main(["demo"]) == 0
    drafted = yaml.safe_load(Path("specs", f"new-{name}.yaml").read_text(encoding="utf-8"))
    original = yaml.safe_load((ROOT / "specs" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert list(drafted["paths"]) == list(original["paths"])
    assert Path(".gitignore").read_text(encoding="utf-8") == ".speclient/\n"


def test_a_second_page_is_added_by_commands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SPECLIENT_PAGES", raising=False)
    for name in ("cortex", "etlworks"):
        text = write_page(ROOT / "specs" / f"{name}.yaml", "The API")
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    main(["init", str(tmp_path / "api"), "--page", str(tmp_path / "cortex.md")])
    monkeypatch.chdir(tmp_path / "api")
    spec = "specs/api.yaml"
    assert main(["pages", "extract", str(tmp_path / "etlworks.md"), "--spec", spec, "--write"]) == 0
    shutil.copyfile(tmp_path / "etlworks.md", ".speclient/pages/etlworks.md")
    capsys.readouterr()
    main(["pages", "propose", "etlworks", "--write"])
    document = yaml.safe_load(Path(spec).read_text(encoding="utf-8"))
    assert list(document["paths"]) == [
        "/api/v1/queries/{jobId}",
        "/rest/v1/executions/{flowid}",
        "/plugins/dashboard/rest/v1/flows/{flowid}",
    ]
    assert main(["pages", "check"]) in (0, 1)
    assert "SC703" not in capsys.readouterr().out
    assert main(["generate"]) == 0


def test_a_response_without_a_status_is_drafted_as_any_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "songs.md"
    page.write_text('# Songs\n\nGET /songs\n\n### Response\n\n```json\n{"songs": [{"id": 1}]}\n```\n', encoding="utf-8")
    assert main(["init", str(tmp_path / "api"), "--page", str(page)]) == 0
    assert "under `names` in specs/facts/songs.yaml" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path / "api")
    responses = yaml.safe_load(Path("specs/api.yaml").read_text(encoding="utf-8"))["paths"]["/songs"]["get"][
        "responses"
    ]
    assert list(responses) == ["2XX"]
    assert "does not name its status" in responses["2XX"]["x-source"]["note"]
    assert main(["pages", "check"]) == 0, capsys.readouterr().out
    assert main(["generate"]) == 0


def test_a_page_that_cannot_be_read_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"\0\1\2")
    assert main(["init", str(tmp_path / "new"), "--page", str(page)]) == 2
    assert "SC701" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
