"""`speclient contract client`: a right package has no finding, and faulty copies have."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = Path(__file__).parent / "everything.yaml"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("generated")
    assert speclient("generate", str(SPEC), "--output", str(output), cwd=output)[0] == 0
    return output / "everything-client" / "everything_client"


def speclient(*arguments: str, cwd: Path) -> tuple[int, str]:
    process = subprocess.run(
        [sys.executable, "-m", "speclient", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return process.returncode, process.stdout + process.stderr


def test_a_generated_package_has_no_finding(package: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    arguments = ("contract", "client", str(package), "--spec", str(SPEC), "--examples", "2", "--report", str(report))
    code, output = speclient(*arguments, cwd=tmp_path)
    assert (code, "no findings" in output) == (0, True), output
    text = report.read_text(encoding="utf-8")
    for client in ("sync strict", "async strict", "sync tolerant", "async tolerant"):
        assert client in text


def test_rarely_used_features_have_no_finding(tmp_path: Path) -> None:
    spec = Path(__file__).parent / "odd.yaml"
    assert speclient("generate", str(spec), "--output", "out", cwd=tmp_path)[0] == 0
    code, output = speclient(
        "contract", "client", "out/odd-client", "--spec", str(spec), "--examples", "2", cwd=tmp_path
    )
    assert (code, "checks of 5 operations" in output) == (0, True), output


@pytest.mark.parametrize(
    ("package", "message"),
    [
        ("no_such_package", "cannot be imported"),
        ("clients/my-client", "no such folder"),
        ("openapi.yaml", "no such folder"),
        ("json", "did not generate this package"),
        ("exits", "SystemExit"),
        ("half", "table of operations"),
    ],
)
def test_what_is_not_a_package_is_a_usage_error(tmp_path: Path, package: str, message: str) -> None:
    (tmp_path / "exits.py").write_text("raise SystemExit(7)", encoding="utf-8")
    (tmp_path / "half.py").write_text("", encoding="utf-8")
    (tmp_path / "openapi.yaml").write_text("openapi: 3.1.0", encoding="utf-8")
    code, output = speclient("contract", "client", package, cwd=tmp_path)
    assert (code, message in output) == (2, True), output
    assert speclient("contract", "client", str(tmp_path), cwd=tmp_path)[0] == 2


def test_a_package_with_a_missing_part_ends_without_a_traceback(package: Path, tmp_path: Path) -> None:
    copy = tmp_path / package.name
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "_core" / "_decode.py").unlink()
    code, output = speclient("contract", "client", str(copy), "--spec", str(SPEC), "--examples", "1", cwd=tmp_path)
    assert code in (1, 2)
    assert "Traceback" not in output


def test_explore_and_seed_exclude_each_other(package: Path, tmp_path: Path) -> None:
    code, output = speclient("contract", "client", str(package), "--explore", "--seed", "1", cwd=tmp_path)
    assert (code, "--explore" in output) == (2, True)


FAULTS: Sequence[tuple[str, str, str, str]] = (
    ("_core/_async_client.py", 'raise ClientUsageError("the client is', 'str("the client is', "surface.closed"),
    ("_core/_retry.py", "503, 504", "504", "retry.count|middleware.order"),
    ("_core/_retry.py", "longest_wait: float = 60.0", "longest_wait: float = 50.0", "retry.count"),
    ("_core/_auth.py", "expires_in - 30", "expires_in", "token.lifetime"),
    ("_core/_redirects.py",
     "return (first.scheme, first.host,", "return True or (first.scheme, first.host,", "redirect.across"),
    ("_core/_pages.py", "text in self._identities", "False", "pagination.overlap"),
    ("_core/_polling.py", "self._interval * 1.5", "self._interval * 2", "wait.interval"),
    ("_client.py", '"EVERYTHING_TOKEN"', '"EVERYTHING_TOKENS"', "environment"),
    ("_core/_raw.py", 'get("x-request-id")', 'get("request-id")', "raw.attributes"),
    ("_core/_arguments.py", "if missing:", "if missing and False:", "call.rejection"),
    ("_core/_request.py", "file.seek(start)", "pass", "body.again"),
    ("_core/_params.py", 'return "true" if value else "false"', "return str(value)", "parameter.typed|wire.query"),
    ("_core/_report.py", '"10+"', '"100+"', "report.logged"),
    ("_core/_retry.py", "requested + backoff / 8", "requested", "settings.retry|retry.wait"),
    ("_core/_base_client.py", 'if not problem and ("?" in text', 'if not text and ("?" in text', "client.base_url"),
    ("_core/_oauth2.py", "grant_type=client_credentials", "grant_type=password", "oauth2.request"),
    ("_core/_formats.py", "timedelta(weeks=weeks", "timedelta(weeks=days", "model.duration"),
    ("_core/_events.py", 'elif name == b"id"', 'elif name == b"ids"', "stream.event"),
    ("_core/_call.py", "str(uuid4())", '"key"', "retry.key"),
    ("_core/_enums.py", "_remember(cls, str.__new__(cls, value)", '_remember(cls, str.__new__(cls, "")',
     "enum|tolerant|answer"),
    ("_core/_forms.py", "file_name, content, own_type, own = (*item, None, None)[:4]",
     "file_name, content, own_type, own = (*item[:2], None, None)", "body.file"),
    ("models/_task.py", 'DONE = "done"', 'DONE = "dones"', "answer.attribute|socket.result"),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("file", "old", "new", "check"), FAULTS, ids=[f"{each[3]}-{each[0]}" for each in FAULTS])
def test_a_faulty_package_is_detected(package: Path, tmp_path: Path, file: str, old: str, new: str, check: str) -> None:
    copy = tmp_path / package.name
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    source = (copy / file).read_text(encoding="utf-8")
    assert old in source
    (copy / file).write_text(source.replace(old, new), encoding="utf-8")
    code, output = speclient(
        "contract", "client", str(copy), "--spec", str(SPEC), "--examples", "2", "--first", cwd=tmp_path
    )
    assert code == 1
    assert any(name in output for name in check.split("|"))
