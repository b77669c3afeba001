"""Each folder beside this file is a way in which a run of the command ends, with all that it prints.

`input/` is copied to a new folder, in which the lines of `command.txt` run: a call of speclient, or one of the steps
of `_step`. `expected.txt` is what the last call printed (lines of stderr begin with `! `), `exit_code` its exit code.
Only the paths that `written.txt` names may be new or changed then; without that file, none.

After a change that is meant, `SPECLIENT_UPDATE=1 pytest tests/errors` writes the results anew; read the difference.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from speclient.cli import main
from tests_support import ROOT

CASES_FOLDER = Path(__file__).parent / "cases"
CASES = sorted(folder.name for folder in CASES_FOLDER.iterdir() if (folder / "command.txt").is_file())
BY_PROCESS = ("no_arguments", "missing_file", "not_yaml_tab", "dangling_reference", "edited_by_hand", "unknown_option")
UPDATE = os.environ.get("SPECLIENT_UPDATE") == "1"


class _Screen:
    """What a terminal shows: both streams in the order written, the lines of stderr marked."""

    def __init__(self) -> None:
        self.text = ""

    def stream(self, mark: str) -> io.StringIO:
        screen = self

        class Stream(io.StringIO):
            def write(self, text: str, /) -> int:
                for line in text.splitlines(keepends=True):
                    screen.text += (mark if screen.text[-1:] in ("", "\n") else "") + line
                return len(text)

        return Stream()


def _run(arguments: list[str]) -> tuple[int, str]:
    screen = _Screen()
    with redirect_stdout(screen.stream("")), redirect_stderr(screen.stream("! ")):
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    return code, _normal(screen.text)


def _normal(text: str) -> str:
    """How many files a package has is no matter of these tests, nor how this Python lists the commands."""
    text = re.sub(r"\b\d\d+ (files written|more\b)", r"N \1", text)
    return re.sub(r"\(choose from .*\)", "(choose from ...)", text)


def _step(line: str) -> None:
    """A step between calls: `append FILE TEXT`, `remove PATH`, `copy FILE TO`, `folder PATH`, `enter PATH`."""
    name, *arguments = shlex.split(line.removeprefix("%"))
    path = Path(arguments[0])
    match name:
        case "append":
            path.write_text(path.read_text(encoding="utf-8") + arguments[1] + "\n", encoding="utf-8")
        case "remove":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        case "copy":
            shutil.copyfile(path, arguments[1])
        case "folder":
            path.mkdir()
        case "enter":
            os.chdir(path)
        case _:
            raise AssertionError(line)


def _tree(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def _prepared(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """The folder to run in, with all done but the last call; gives that call's arguments too."""
    folder = tmp_path / "here"
    given = CASES_FOLDER / case / "input"
    shutil.copytree(given, folder) if given.is_dir() else folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("SPECLIENT_PAGES", raising=False)
    lines = (CASES_FOLDER / case / "command.txt").read_text(encoding="utf-8").splitlines()
    for line in lines[:-1]:
        if line.startswith("%"):
            _step(line)
        else:
            code, shown = _run(shlex.split(line))
            assert code == 0, shown
    return folder, shlex.split(lines[-1])


def _expected(case: str) -> tuple[int, str, list[str]]:
    folder = CASES_FOLDER / case
    written = folder / "written.txt"
    return (
        int((folder / "exit_code").read_text(encoding="utf-8")),
        (folder / "expected.txt").read_text(encoding="utf-8"),
        written.read_text(encoding="utf-8").splitlines() if written.is_file() else [],
    )


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, arguments = _prepared(case, tmp_path, monkeypatch)
    before = _tree(folder)
    code, shown = _run(arguments)
    after = _tree(folder)
    if UPDATE:
        (CASES_FOLDER / case / "expected.txt").write_text(shown, encoding="utf-8")
        (CASES_FOLDER / case / "exit_code").write_text(f"{code}\n", encoding="utf-8")
    expected_code, expected, written = _expected(case)
    assert "Traceback" not in shown
    assert str(tmp_path) not in shown
    assert shown == expected
    assert code == expected_code
    touched = sorted(path for path in before.keys() | after.keys() if before.get(path, 0) != after.get(path, 0))
    assert [path for path in touched if not path.startswith(tuple(written))] == []
    for path in written:
        assert any(changed.startswith(path) for changed in touched), path
    debris = [path for path in tmp_path.rglob("*") if path.name.startswith((".speclient", "speclient-"))]
    assert debris == []


@pytest.mark.parametrize("case", BY_PROCESS)
def test_case_as_a_process(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, arguments = _prepared(case, tmp_path, monkeypatch)
    done = subprocess.run(
        [sys.executable, "-m", "speclient", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "generator")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    code, expected, _ = _expected(case)
    assert done.returncode == code
    lines = expected.splitlines(keepends=True)
    assert _normal(done.stdout) == "".join(line for line in lines if not line.startswith("! "))
    assert _normal(done.stderr) == "".join(line.removeprefix("! ") for line in lines if line.startswith("! "))


def test_there_are_cases() -> None:
    assert len(CASES) >= 50
    assert set(BY_PROCESS) <= set(CASES)


def test_every_message_says_what_to_do_next() -> None:
    """A finding is followed by its JSON pointer where it has one, and by the next step."""
    for case in CASES:
        lines = _expected(case)[1].splitlines()
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if "error[SC" in line or "warning[SC" in line:
                assert following.removeprefix("! ").startswith(("    at #", "    and ", "    help: ")), (case, line)
