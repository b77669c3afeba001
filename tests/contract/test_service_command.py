"""`speclient contract service`: options, reports, exit codes, and what it does not do to a service."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from contract.services import FAULTS, SERVICES, FaultyService, Request
from contract.services.served import FakeClock, ServiceTransport
from execution.sockets import response, serving
from speclient.cli import main
from speclient.contract import supervise
from speclient.contract.service import Limits, Options, Report, run_service_contract
from tests_support import ROOT

APPS = "contract.services.apps"
IDS = [f"--param={name}={value}" for service in SERVICES.values() for name, value in service.params.items()]
Run = Callable[..., tuple[int, str]]


def ids(spec: str) -> list[str]:
    return [f"--param={name}={value}" for name, value in SERVICES[spec].params.items()]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process, with the credentials of the services."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(supervise.CHILD, "1")
    monkeypatch.setattr(supervise, "limit_memory", lambda: None)
    for service in SERVICES.values():
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)

    def call(*arguments: str, fault: str = "", **environment: str) -> tuple[int, str]:
        for name, value in {**environment, "FAULT": fault}.items():
            monkeypatch.setenv(name, value)
        for name in [name for name in sys.modules if name == APPS]:
            del sys.modules[name]
        code = main(["contract", "service", *arguments])
        shown = capsys.readouterr()
        return code, shown.out + shown.err

    return call


@pytest.mark.parametrize("spec", SERVICES)
def test_a_correct_application_passes(spec: str, run: Run) -> None:
    code, shown = run(spec, f"--app={APPS}:{spec}", *ids(spec))
    assert code == 0, shown
    assert "no findings in" in shown
    assert "not reached: 403" in shown


def test_a_wrong_token_does_not_pass(run: Run) -> None:
    code, shown = run("cortex", f"--app={APPS}:cortex", *ids("cortex"), CORTEX_TOKEN="another-token")
    assert code == 1
    assert "status 401" in shown
    assert "CORTEX_TOKEN" in shown
    assert "another-token" not in shown


def test_an_operation_that_was_not_reached_is_reproduced_by_its_simplest_request() -> None:
    report = run_service_contract(
        ROOT / "specs" / "coalesce.yaml", "https://service.test",
        environment={}, options=Options(), limits=Limits(requests=40),
        service=ServiceTransport(FaultyService(SERVICES["coalesce"](), None), FakeClock()), clock=FakeClock(),
    )  # fmt: skip
    unreached = [finding for finding in report.findings if finding.check == "service.not_reached"]
    listing = next(finding for finding in unreached if finding.operation == "GET /api/v1/runs")
    assert listing.reproduction.split(" -H ")[0] == "curl -X GET https://service.test/api/v1/runs"


def test_a_base_url_with_a_wrong_path_is_named() -> None:
    service = FaultyService(SERVICES["coalesce"](), None)
    for base, is_named in (("https://service.test/v9", True), ("https://service.test", False)):
        report = run_service_contract(
            ROOT / "specs" / "coalesce.yaml", base,
            environment=service.service.environment, options=Options(params={"runID": "7"}), limits=Limits(requests=20),
            service=ServiceTransport(service, FakeClock()), clock=FakeClock(),
        )  # fmt: skip
        noted = f"every operation returned 404: check the path of the base URL {base}" in report.notes
        assert noted == is_named, str(report)


def test_without_a_package_the_output_names_the_option_for_it(run: Run, tmp_path: Path) -> None:
    _, text = run("coalesce", "--mock", "--output", str(tmp_path), "--max-requests", "12")
    assert "--output names the folder of the generated packages" in text


def test_an_unknown_id_does_not_pass(run: Run) -> None:
    code, shown = run("cortex", f"--app={APPS}:cortex")
    assert code == 1
    assert "status 404: pass values that exist, --param jobId=..." in shown


def test_ids_from_a_file_and_the_environment(run: Run, tmp_path: Path) -> None:
    lines = tmp_path / "ids.txt"
    lines.write_text("# of the test account\naccount=acme\nreport = a1b2c3d4e5f6\n", encoding="utf-8")
    arguments = ["mode", f"--app={APPS}:mode", f"--params-file={lines}"]
    assert run(*arguments, SPECLIENT_PARAMS="run=0f1e2d3c4b5a,account=other")[0] == 0
    lines.write_text("account\n", encoding="utf-8")
    code, shown = run(*arguments)
    assert code == 2
    assert "is not NAME=VALUE" in shown


def test_skipped_operations_are_named_and_can_fail_the_run(run: Run) -> None:
    arguments = ["coalesce", f"--app={APPS}:coalesce", "--exclude=operation:listRunResults"]
    code, shown = run(*arguments)
    assert code == 0
    assert "GET /api/v1/runs/{runID}/results: skipped: excluded" in shown
    code, shown = run(*arguments, "--require-all")
    assert code == 1
    assert "SC804" in shown


def test_a_weakness_fails_with_strict_only(run: Run) -> None:
    arguments = ["coalesce", f"--app={APPS}:faulty"]
    fault = "coalesce-limit-above-the-maximum"
    code, shown = run(*arguments, fault=fault)
    assert code == 0
    assert "warning[SC802]: GET /api/v1/runs: service.negative_data_rejection" in shown
    assert run(*arguments, "--strict", fault=fault)[0] == 1


def test_the_reports(run: Run, tmp_path: Path) -> None:
    files = {suffix: tmp_path / f"report.{suffix}" for suffix in ("json", "md", "xml", "sarif", "html")}
    overlay = tmp_path / "overlay.yaml"
    options = [f"--report={path}" for path in files.values()]
    code, shown = run(
        "cortex", f"--app={APPS}:faulty", *ids("cortex"), *options, f"--overlay={overlay}",
        fault="cortex-accepted-while-in-progress",
    )  # fmt: skip
    assert code == 1, shown
    (finding,) = json.loads(files["json"].read_text())
    assert finding["code"] == "SC801"
    assert finding["location"]["pointer"] == "/paths/~1api~1v1~1queries~1{jobId}/get"
    assert finding["reproduction"].endswith("-H 'Authorization: Bearer '\"$CORTEX_TOKEN\"")
    assert finding["call"] == "client.queries.get_results(job_id='8b2f-nightly')"
    assert "HTTP 202" in finding["response"]
    assert ElementTree.parse(files["xml"]).getroot().find(".//failure") is not None
    assert json.loads(files["sarif"].read_text())["runs"][0]["results"][0]["ruleId"] == "SC801"
    for suffix in ("md", "html"):
        text = files[suffix].read_text()
        assert "What was reached" in text
        assert "service.status_code_conformance" in text
        assert "curl" in text
    assert "<svg" in files["html"].read_text()
    for path in files.values():
        assert "cortex-test-token" not in path.read_text()
    (action,) = yaml.safe_load(overlay.read_text())["actions"]
    assert action["target"] == "$.paths['/api/v1/queries/{jobId}'].get"
    assert list(action["update"]["responses"]) == ["202"]


def test_a_suppressed_finding_does_not_fail_the_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = [str(ROOT / "specs" / "cortex.yaml"), f"--app={APPS}:faulty", *ids("cortex")]
    fault = "cortex-done-without-results"
    monkeypatch.chdir(tmp_path)
    code, shown = run(*arguments, "--format=json", fault=fault)
    assert code == 1
    (finding,) = json.loads(shown)
    entry = {"code": finding["code"], "fingerprint": finding["fingerprint"], "reason": "Known; fixed in spring."}
    (tmp_path / "suppressions.yaml").write_text(yaml.safe_dump([entry]))
    (tmp_path / "pyproject.toml").write_text("[tool.speclient]\n")
    code, shown = run(*arguments, "--seed=7", fault=fault)
    assert code == 0, shown


def test_a_dry_run_sends_nothing(run: Run) -> None:
    with serving(lambda number, request: response(b"{}")) as server:
        code, shown = run("cortex", f"--url={server.url}", "--dry-run", *ids("cortex"))
    assert code == 0
    assert server.requests == []
    assert f"GET {server.url}/api/v1/queries/8b2f-nightly" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cortex", "--app=nowhere:app"], "cannot be imported"),
        (["cortex", "--app=nowhere"], "is not module:attribute"),
        (["cortex", "--mock", "--include=runs"], "not a pattern"),
        (["cortex", "--mock", "--rate=0"], "above 0"),
        (["cortex", "--mock", "--max-response-time=-1"], "above 0"),
        (["cortex", "--mock", "--params-file=nowhere"], "nowhere"),
    ],
)
def test_invalid_options(arguments: list[str], message: str, run: Run) -> None:
    code, shown = run(*arguments)
    assert code == 2
    assert message in shown


def test_an_exception_of_the_application_is_a_finding(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_app.py").write_text("async def app(scope, receive, send):\n    raise KeyError('x')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    code, shown = run("cortex", "--app=broken_app:app")
    assert code == 1
    assert "the application raised KeyError" in shown


def test_an_interrupted_run_reports_what_it_has(tmp_path: Path) -> None:
    service = SERVICES["mode"]
    with serving(lambda number, request: response(b"{}", content_type="text/plain")) as server:
        report = tmp_path / "report.json"
        process = subprocess.Popen(
            [sys.executable, "-m", "speclient", "contract", "service", str(ROOT / "specs" / "mode.yaml"), "--rate=2",
             f"--url={server.url}", f"--report={report}"],
            env={**os.environ, **service.environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        # With two requests per second, the first response is judged when the second request arrives.
        while len(server.requests) < 2:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert "interrupted" in output, errors
    assert process.returncode == 1
    assert json.loads(report.read_text())


# -- what is sent ------------------------------------------------------------------------------------------------


def in_process(
    spec: str, limits: Limits, seed: int = 0, options: Options | None = None
) -> tuple[Report, FakeClock, list[Request]]:
    service = SERVICES[spec](seed)
    clock = FakeClock()
    report = run_service_contract(
        ROOT / "specs" / f"{spec}.yaml", f"http://service.test{service.base_path}", params=service.params,
        environment=service.environment, limits=limits, options=options,
        service=ServiceTransport(FaultyService(service, None), clock), clock=clock,
    )  # fmt: skip
    return report, clock, service.requests


def test_requests_are_paced() -> None:
    report, clock, requests = in_process("cortex", Limits(requests=20, duration=1000, rate=2.0))
    assert clock.now() >= (len(requests) - 1) / 2
    assert report.exit_code == 0


def test_retry_after_is_obeyed() -> None:
    report, clock, requests = in_process("cortex", Limits(requests=40), seed=3)
    assert report.findings == ()
    # Each eleventh request is refused with `Retry-After: 1`.
    assert clock.now() >= len(requests) // 11


@pytest.mark.parametrize("spec", SERVICES)
@pytest.mark.parametrize("number", [1, 2, 3, 5, 8, 13, 30, 80])
def test_the_budget_is_kept(spec: str, number: int) -> None:
    report, _, requests = in_process(spec, Limits(requests=number))
    assert len(requests) == report.requests <= number
    assert report.findings == (), str(report)


def test_only_safe_methods_are_sent() -> None:
    _, _, requests = in_process("coalesce", Limits())
    # One method that does not exist shows how unknown ones are treated.
    assert {request.method for request in requests} == {"GET", "SPECLIENT"}
    _, _, requests = in_process("coalesce", Limits(), options=Options(unsafe_methods=True))
    assert {request.method for request in requests} == {"GET", "SPECLIENT", "POST", "PUT", "PATCH", "DELETE"}


def test_a_finding_says_how_to_repeat_it() -> None:
    fault = next(fault for fault in FAULTS if fault.name == "coalesce-one-more-than-the-limit")
    service, clock = SERVICES["coalesce"](), FakeClock()
    report = run_service_contract(
        ROOT / "specs" / "coalesce.yaml", "http://service.test", environment=service.environment,
        package="coalesce_client", package_path=ROOT / "generated" / "coalesce-client",
        service=ServiceTransport(FaultyService(service, fault), clock), clock=clock,
    )  # fmt: skip
    finding = next(finding for finding in report.findings if finding.check == "service.limit")
    limit = re.search(r"limit=(\d+)", finding.expected)
    assert limit is not None
    assert f"limit={limit[1]}" in finding.reproduction
    assert f"limit={limit[1]}" in finding.call
    assert finding.got == f"{int(limit[1]) + 1} elements"
