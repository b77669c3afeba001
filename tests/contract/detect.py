"""Which faults of services the engine finds, next to plain `schemathesis run`, and its false alarms.

`make detect` writes docs/contract-faults.md.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from threading import Thread

from contract.detection import LIMITS, judged
from contract.services import FAULTS, SERVICES, Fault, FaultyService
from contract.services.http_server import server_of
from speclient.contract.credentials import from_environment
from speclient.contract.source import load_document
from tests_support import ROOT

SEEDS = 20
EXAMPLES = 30
PAGE = ROOT / "docs" / "contract-faults.md"
Found = set[tuple[str, str]]


@contextmanager
def served(service: FaultyService) -> Generator[str]:
    server = server_of(service)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{service.service.base_path}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def schemathesis_failures(spec: str, fault: Fault | None, seed: int = 0) -> tuple[Found, int]:
    """Kinds of failures that `schemathesis run` reports, with the ids and the token of the service; its requests."""
    service = FaultyService(SERVICES[spec](seed), fault)
    path = ROOT / "specs" / f"{spec}.yaml"
    (credential,) = from_environment(load_document(path), service.service.environment).each
    with tempfile.TemporaryDirectory() as folder, served(service) as url:
        config = Path(folder) / "schemathesis.toml"
        params = [f'"path.{name}" = "{value}"' for name, value in service.service.params.items()]
        config.write_text("\n".join(["[parameters]", *params]) + "\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(path), "--url", url,
             "-H", f"Authorization: {credential.value}", "--max-examples", str(EXAMPLES), "--seed", "1", "--no-color",
             "--max-response-time", "2", "--request-timeout", "10"],
            capture_output=True, text=True, check=False, cwd=folder, timeout=300,
        )  # fmt: skip
    if "SUMMARY" not in done.stdout:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    kinds = re.findall(r"^- (ST\d+) .*\n\n((?:    .*\n)+)", done.stdout, re.MULTILINE)
    return {(code, re.sub(r"\d{4,}", "N", text)) for code, text in kinds}, len(service.service.requests)


def main() -> int:
    with ThreadPoolExecutor(2) as pool:
        baselines = {(spec, seed): pool.submit(schemathesis_failures, spec, None, seed) for spec in SERVICES for seed in
                     {fault.seed for fault in FAULTS if fault.spec == spec}}  # fmt: skip
        plain = {fault.name: pool.submit(schemathesis_failures, fault.spec, fault, fault.seed) for fault in FAULTS}
        reports = {}
        for number, fault in enumerate(FAULTS):
            reports[fault.name] = judged(fault.spec, fault)
            print(f"\r{number + 1}/{len(FAULTS)} faults", end="", file=sys.stderr, flush=True)
        alarms, correct = 0, 0
        for spec in SERVICES:
            for seed in range(SEEDS):
                report = judged(spec, seed=seed, service_seed=seed)
                correct += 1
                alarms += bool(report.findings or report.error)
        known = {key: future.result()[0] for key, future in baselines.items()}
        wrong_alarms = sum(bool(found) for found in known.values())
        others = {}
        for fault in FAULTS:
            found, requests = plain[fault.name].result()
            others[fault.name] = (bool(found - known[fault.spec, fault.seed]), requests)
    rows: list[Sequence[object]] = []
    for kind in dict.fromkeys(fault.kind for fault in FAULTS):
        faults = [fault for fault in FAULTS if fault.kind == kind]
        ours = [bool(reports[fault.name].findings) for fault in faults]
        theirs = [others[fault.name][0] for fault in faults]
        missed = [fault.name for fault, found in zip(faults, ours, strict=True) if not found]
        rows.append((kind, len(faults), sum(ours), sum(theirs), ", ".join(missed)))
    total = [sum(int(str(row[column])) for row in rows) for column in (1, 2, 3)]
    rows.append(("**all**", *total, ""))
    sent = [sum(report.requests for report in reports.values()), sum(number for _, number in others.values())]
    sentences = [
        f"{correct} runs on correct services (four services, {SEEDS} seeds each): {alarms} with a finding. "
        f"Plain schemathesis: {wrong_alarms} of {len(known)} runs on correct services report a failure.",
        f"Requests per fault on average: {sent[0] // len(FAULTS)} and {sent[1] // len(FAULTS)}.",
    ]
    PAGE.write_text(_page(rows, sentences), encoding="utf-8")
    print("\r" + PAGE.read_text(encoding="utf-8"))
    return int(alarms > 0 or total[0] != total[1])


def _page(rows: Sequence[Sequence[object]], sentences: Sequence[str]) -> str:
    lines = [
        "# Faults that `speclient contract service` finds",
        "",
        f"Written by `make detect` on {date.today().isoformat()}, with schemathesis {version('schemathesis')}.",
        "",
        f"`tests/contract/services/` has a correct service for each of the four specs, and {len(FAULTS)} faults that "
        "are put into them, one at a time. A fault is found if there is a finding; on the same service without the "
        "fault there must be none. The services are called in process, with a clock of their own, at most "
        f"{LIMITS.requests} requests per run, with the ids and the credentials that a user would know.",
        "",
        f"The column `schemathesis alone` is `schemathesis run --max-examples {EXAMPLES} --max-response-time 2` on the "
        "same services, over HTTP, with the same ids and credentials. A fault counts as found if there is a failure "
        "that the service without the fault does not have.",
        "",
        "| class | faults | found | schemathesis alone | missed |",
        "|---|---:|---:|---:|---|",
        *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows),
        "",
        *(line for sentence in sentences for line in (sentence, "")),
    ]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
