"""What reaches the terminal, how options are read, and which code a run ends with."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from speclient.cli import main
from speclient.diagnostics import Diagnostic, Location, Severity, printable, render_text
from speclient.outcome import Outcome, exit_code
from tests_support import ROOT

STEERING = "\x1b[31m\x07\x9b2J\u202e\u2066\u2028\u2029\u200f\ufeff\x85\x7f\r"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def test_what_steers_a_terminal_is_escaped() -> None:
    assert RAW.search(printable(STEERING)) is None
    assert printable("Zürich 東京 🙂 é\n\tx") == "Zürich 東京 🙂 é\n\tx"
    assert printable("\x1b\u202e\U000e0041") == "\\x1b\\u202e\\U000e0041"


def test_a_finding_cannot_imitate_another_one() -> None:
    place = Location("a\nb.yaml: error[SC001]: x", "/x\ny", 1)
    shown = render_text([Diagnostic("SC201", Severity.WARNING, "one\nb.yaml: error[SC001]: two", place, "h\ni")])
    assert [line for line in shown.split("\n") if line.startswith("b.yaml")] == []
    assert len(shown.split("\n")) == 4


def _document(text: str) -> str:
    escaped = "".join(f"\\U{ord(sign):08x}" for sign in text)
    return (
        f'openapi: 3.1.0\ninfo: {{title: "T{escaped}", version: "1"}}\nservers: [{{url: "https://api.example.com"}}]\n'
        f'paths:\n  "/a{escaped}":\n    get:\n      operationId: "op{escaped}"\n      tags: ["tag{escaped}"]\n'
        f'      parameters: [{{name: "n{escaped}", in: query, style: "s{escaped}", schema: {{type: string}}}}]\n'
        f'      responses: {{"200": {{description: x, content: {{application/json: {{schema: {{type: object,'
        f' required: [a], properties: {{a: {{type: string, const: "v{escaped}"}}}}}}}}}}}}}}\n'
        f'    put: {{$ref: "#/none{escaped}"}}\n'
    )


@pytest.mark.parametrize(
    "command",
    ["check", "generate --output out", "inspect", "inspect --what ir", "demo --output out",
     "contract service --url http://127.0.0.1:9"],
)  # fmt: skip
def test_text_of_a_document_never_reaches_the_terminal_raw(command: str, tmp_path: Path) -> None:
    name = "odd\x1b[31m\u202e.yaml"
    (tmp_path / name).write_text(_document(STEERING), encoding="utf-8")
    start = [sys.executable, "-m", "speclient"]
    options = {"cwd": tmp_path, "env": {"PYTHONPATH": str(ROOT / "generator"), "PYTHONUTF8": "1", "PATH": "/usr/bin"}}
    if command.startswith("demo"):
        subprocess.run([*start, "generate", name, "--output", "out"], capture_output=True, check=False, **options)  # type: ignore[call-overload]
    words = command.replace("contract service", "contract\0service").split()
    verbs, rest = words[0].split("\0"), words[1:]
    done = subprocess.run([*start, *verbs, name, *rest], capture_output=True, check=False, **options)  # type: ignore[call-overload]
    shown = (done.stdout + done.stderr).decode()
    assert shown
    assert "Traceback" not in shown
    assert RAW.search(shown) is None, RAW.search(shown)


def test_an_unknown_argument_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "x.yaml", "--\x1b[31m"])
    assert RAW.search(capsys.readouterr().err) is None


@pytest.mark.parametrize(
    "arguments",
    [["generate", "x.yaml", "--out", "y"], ["generate", "x.yaml", "--forc"], ["check", "--stric"], ["--vers"],
     ["contract", "service", "x.yaml", "--ur", "http://x"]],
)  # fmt: skip
def test_options_are_not_abbreviated(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_an_error_is_never_a_success(tmp_path: Path) -> None:
    error = Diagnostic("SC010", Severity.ERROR, "x")
    outcome = Outcome("a.yaml", (error,), tmp_path, (1, 0, 0))
    assert exit_code([outcome], strict=False) == 1
    warning = Outcome("a.yaml", (Diagnostic("SC201", Severity.WARNING, "x"),), tmp_path, (1, 0, 0))
    assert exit_code([warning], strict=False) == 0
    assert exit_code([warning], strict=True) == 1


@pytest.mark.parametrize("tag", ["CON", "nul", "Lpt1", "aux", "COM9", "prn"])
def test_no_file_is_called_like_a_device_of_windows(tag: str, tmp_path: Path) -> None:
    text = (
        f"openapi: 3.1.0\ninfo: {{title: {tag}, version: '1'}}\nservers: [{{url: 'https://api.example.com'}}]\n"
        f"paths: {{/a: {{get: {{operationId: a, tags: [{tag}], responses: {{'200': {{description: x, content:"
        f" {{application/json: {{schema: {{$ref: '#/components/schemas/{tag}'}}}}}}}}}}}}}}}}\n"
        f"components: {{schemas: {{{tag}: {{type: object, properties: {{a: {{type: string}}}}}}}}}}\n"
    )
    (tmp_path / "openapi.yaml").write_text(text, encoding="utf-8")
    for package in ([], ["--package", tag]):
        output = tmp_path / f"out{len(package)}"
        assert main(["generate", str(tmp_path / "openapi.yaml"), "--output", str(output), *package]) == 0
        stems = {path.name.split(".")[0].lower() for path in output.rglob("*")}
        assert not stems & {"con", "nul", "lpt1", "aux", "com9", "prn"}
