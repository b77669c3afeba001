"""A page changes: the change is shown, the proposal accepted, and the package follows.

For each committed spec, with a page written from it and, if SPECLIENT_PAGES is set, with the saved page.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

import pytest
import yaml

from speclient.cli import main
from speclient.pages.readers import read_page
from speclient.pages.record import record
from speclient.pages.store import MANIFEST, Page, facts_path, manifest_text, read_manifest
from speclient.pages.text import load_page
from tests_support import PACKAGES, ROOT

from .page_writer import write_page

SAVED = os.environ.get("SPECLIENT_PAGES")

# Page -> the edit of its text, what the change says, a line of the proposal, and a line about public symbols.
EDITS = {
    "coalesce": ("Maximum: `1000`.", "Maximum: `500`.", "maximum 1000 -> 500", "+        maximum: 500", None),
    "cortex": ("`TIMED_OUT`.", "`TIMED_OUT`, `EXPIRED`.", "enum", "TIMED_OUT, EXPIRED]", "+ QueryStatus.EXPIRED"),
    "etlworks": (
        "| messageId | query |",
        "| state | query | string | no | Filter. |\n| messageId | query |",
        'query state: parameter "state" was added',
        "+        - name: state",
        "+ client.flows.get_status(state=)",
    ),
    "mode": (
        "| token | string |",
        "| title | string | no | Text. |\n| token | string |",
        'field "title" was added',
        "+        title:",
        "+ QueryRun.title",
    ),
}
SAVED_EDITS = {
    "coalesce-list-runs": ("<= 1000", "<= 500", "+        maximum: 500"),
    "coalesce-list-run-results": (", CLI\n", ", CLI\n, SDK\n", "SDK"),
    "cortex-retrieve-query-results": (", TIMED_OUT\n", ", TIMED_OUT\n, EXPIRED\n", "EXPIRED"),
    "etlworks-get-flow-status": ('"retries": integer', '"attempts": integer', "+        attempts:"),
    "mode-query-runs": ("401\n\nUnauthorized", "400\n\nBad\n\n401\n\nUnauthorized", "+        '400':"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed specs and packages."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    shutil.copytree(
        ROOT / "generated", tmp_path / "generated", ignore=shutil.ignore_patterns(".*_cache", "__pycache__")
    )
    (tmp_path / "pyproject.toml").write_text('[tool.speclient]\nspecs = ["specs"]\n', encoding="utf-8")
    (tmp_path / ".speclient" / "pages").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SPECLIENT_PAGES", raising=False)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    output = capsys.readouterr()
    return code, output.out + output.err


@pytest.mark.parametrize("name", PACKAGES)
def test_the_story_of_a_page(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after, change, proposed, symbol = EDITS[name]
    spec = project / "specs" / f"{name}.yaml"
    page = project / ".speclient" / "pages" / "page.md"
    text = write_page(spec, f"The {name} API")
    page.write_text(text, encoding="utf-8")
    shutil.rmtree(project / "specs" / "facts")
    (project / "specs" / MANIFEST).write_text(manifest_text([Page("page", spec.name)]), encoding="utf-8")
    record(project / "specs", Page("page", spec.name), read_page(load_page(page)), "2026-01-01")
    code, output = run(capsys, "pages", "diff", str(page))
    assert (code, output) == (
        0,
        ".speclient/pages/page.md: unchanged\n".replace(".speclient", str(project / ".speclient")),
    )

    assert before in text
    page.write_text(text.replace(before, after, 1), encoding="utf-8")
    code, output = run(capsys, "pages", "diff")
    assert code == 1
    assert change in output
    assert re.search(r"affects client\.\w+\.\w+", output)
    code, output = run(capsys, "pages", "check")
    assert code == 1
    assert "SC708" in output

    untouched = spec.read_text(encoding="utf-8")
    code, output = run(capsys, "pages", "propose")
    assert code == 1
    assert proposed in output
    assert spec.read_text(encoding="utf-8") == untouched, "nothing is written without --write"
    run(capsys, "pages", "propose", "--write")
    comments = [line for line in untouched.splitlines() if line.strip().startswith("#")]
    assert all(line in spec.read_text(encoding="utf-8") for line in comments)

    assert run(capsys, "pages", "diff") == (0, ".speclient/pages/page.md: unchanged\n")
    code, output = run(capsys, "pages", "check")
    assert code == 0, output
    assert run(capsys, "check")[0] == 0
    code, output = run(capsys, "generate", f"specs/{name}.yaml")
    assert code == 0
    if symbol is not None:
        assert symbol in output
    code, output = run(capsys, "contract", "service", f"specs/{name}.yaml", "--mock", "--max-requests", "40")
    assert code == 0, output


@pytest.mark.skipif(SAVED is None, reason="SPECLIENT_PAGES names no folder with the saved pages")
@pytest.mark.parametrize("name", SAVED_EDITS)
def test_the_story_of_a_saved_page(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after, proposed = SAVED_EDITS[name]
    copies = project / ".speclient" / "pages"
    for path in Path(SAVED or "").glob("*.txt"):
        if path.stem in SAVED_EDITS:
            shutil.copyfile(path, copies / path.name)
    assert run(capsys, "pages", "check", "--strict")[0] == 0
    page = copies / f"{name}.txt"
    text = page.read_text(encoding="utf-8")
    assert before in text
    page.chmod(0o644)
    page.write_text(text.replace(before, after, 1), encoding="utf-8")
    (entry,) = [entry for entry in read_manifest(project / "specs") if entry.name == name]
    assert run(capsys, "pages", "diff", name)[0] == 1
    code, output = run(capsys, "pages", "propose", name, "--write")
    assert proposed in output
    code, output = run(capsys, "pages", "check")
    assert code == 0, output
    facts = yaml.safe_load(facts_path(project / "specs", name).read_text(encoding="utf-8"))
    assert facts["expect"], "the hand-written facts are kept"
    with contextlib.chdir(project):
        assert run(capsys, "generate", f"specs/{entry.spec}")[0] == 0


def test_a_page_without_facts_does_not_stop_the_others(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / ".speclient" / "pages"
    entries = []
    for name in ("cortex", "mode"):
        spec = project / "specs" / f"{name}.yaml"
        path = folder / f"{name}-page.md"
        path.write_text(write_page(spec, name), encoding="utf-8")
        entries.append(Page(f"{name}-page", spec.name))
    (project / "specs" / MANIFEST).write_text(manifest_text(entries), encoding="utf-8")
    for entry in entries:
        record(project / "specs", entry, read_page(load_page(folder / f"{entry.name}.md")), "2026-01-01")
    (folder / "cortex-page.md").write_text("Come back later.\n", encoding="utf-8")
    code, output = run(capsys, "pages", "propose")
    assert code == 2
    assert "SC701" in output
    assert "mode-page: nothing to do" in output
