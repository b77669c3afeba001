"""The validator's word is remembered by content."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from speclient.diagnostics import Sink
from speclient.document import load
from speclient.lint import lint

SPEC = "openapi: 3.1.0\ninfo: {title: T}\npaths: {}\n"


def codes(spec: Path) -> list[str]:
    sink = Sink()
    lint(load(spec, sink), sink)
    return [found.code for found in sink if found.code in ("SC101", "SC102")]


def test_the_second_time_no_process_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECLIENT_CACHE", str(tmp_path / "cache"))
    spec = tmp_path / "openapi.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    first = codes(spec)
    assert first == ["SC101"]

    def refuse(*_: Any, **__: Any) -> Any:
        raise OSError("no process")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert codes(spec) == first
    spec.write_text(SPEC.replace("title: T", "title: U"), encoding="utf-8")
    assert codes(spec) == ["SC102"]


def test_a_cache_that_cannot_be_written_is_no_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("SPECLIENT_CACHE", str(tmp_path / "cache"))
    spec = tmp_path / "openapi.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    assert codes(spec) == ["SC101"]
