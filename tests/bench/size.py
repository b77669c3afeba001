"""Lines of the runtime in a package, per feature, and what a call of a minimal package loads.

`make size` prints docs/package-size.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tokenize
from pathlib import Path

from speclient.config import Settings
from speclient.pipeline import generate

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME = ROOT / "generator" / "speclient" / "runtime"
FEATURES = {
    "calls: arguments, requests, responses, errors, retries, redirects": (
        "_base_client", "_call", "_clock", "_content", "_errors", "_exchange", "_flow", "_media", "_operation",
        "_options", "_params", "_redact", "_redirects", "_report", "_request", "_response", "_retry", "_sealed",
        "_steps", "_body",
    ),
    "synchronous client": ("_client",),
    "asynchronous client": ("_async_client",),
    "transport with limits": ("_transport",),
    "credentials": ("_auth",),
    "models and fast validation": ("_model", "_decode", "_fast_pass", "_pydantic", "_validate", "_enums"),
    "fallback and partial validation": ("_fallback", "_partial"),
    "lossless numbers and date-times": ("_lossless", "_datetimes", "_lazy_text"),
    "raw and streamed responses": ("_raw",),
    "extra `enforce`": ("_enforce",),
    "extra `otel`": ("_tracing",),
    "optional: pointers into results, for pagination and polling": ("_pointers",),
    "optional: pagination": ("_pages", "_pagination"),
    "optional: polling": ("_polling",),
    "optional: polling of a listing": ("_listing",),
    "optional: object bodies as arguments": ("_arguments",),
    "optional: forms": ("_forms",),
    "optional: files of multipart forms": ("_files",),
    "optional: unknown variants of unions": ("_unknown",),
    "optional: uuid, time and duration": ("_formats",),
    "optional: item streams": ("_events", "_streams"),
    "optional: links": ("_links", "_async_links"),
    "optional: OAuth 2.0 client credentials": ("_oauth2",),
    "optional: webhooks": ("_webhooks",),
}  # fmt: skip
MINIMAL = {
    "openapi": "3.1.0",
    "info": {"title": "Minimal", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "security": [],
    "paths": {
        "/thing": {
            "get": {
                "operationId": "getThing",
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {
                            "application/json": {
                                "schema": {"type": "object", "properties": {"id": {"type": "integer"}}}
                            }
                        },
                    }
                },
            }
        }
    },
}
PROGRAM = """
import sys, httpx2, minimal_client
transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={"id": 1}))
with minimal_client.Minimal(transport=transport) as client:
    client.thing.get()
print(*sorted(name.rpartition(".")[2] for name in sys.modules if name.startswith("minimal_client._core.")))
"""


def code_lines(path: Path) -> int:
    """Lines with code: neither blank, nor only comment or docstring."""
    lines: set[int] = set()
    previous = tokenize.NEWLINE
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER):
                continue
            docstring = token.type == tokenize.STRING and previous in (
                tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
            )  # fmt: skip
            if not docstring and token.type not in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
                lines.update(range(token.start[0], token.end[0] + 1))
            previous = token.type
    return len(lines)


def loaded() -> list[str]:
    """Modules of the runtime that a call of a minimal package imports."""
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "minimal.json"
        spec.write_text(json.dumps(MINIMAL), encoding="utf-8")
        package = generate(spec, Settings(output=folder)).folder
        assert package is not None
        done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=package, capture_output=True, text=True, check=True)
        copied = {path.stem for path in package.glob("*/_core/_*.py")} - {"__init__"}
    names = done.stdout.split()
    assert set(names) <= copied
    return names


def page() -> str:
    """The page as Markdown."""
    known = {path.stem: code_lines(path) for path in RUNTIME.glob("_*.py") if path.stem != "__init__"}
    grouped = {module for modules in FEATURES.values() for module in modules}
    if grouped != set(known):
        raise SystemExit(f"modules without a feature: {sorted(set(known) ^ grouped)}")
    rows = [f"| {feature} | {sum(known[name] for name in modules)} |" for feature, modules in FEATURES.items()]
    modules = loaded()
    packages = [
        f"| {folder.name} | {sum(code_lines(path) for path in folder.glob('*/_core/*.py'))} |"
        for folder in sorted((ROOT / "generated").iterdir())
        if folder.is_dir()
    ]
    return "\n".join([
        "# Size of the runtime",
        "",
        "Lines of code of the runtime in each package (`_core`), without blank lines, comments and docstrings.",
        "Optional modules are copied only into packages whose document needs them. `make size` writes this page;",
        "[decision 013](decisions/013-vendored-runtime.md) explains why the runtime is vendored.",
        "",
        "| feature | lines |",
        "|---|---:|",
        *rows,
        f"| all | {sum(known.values())} |",
        "",
        "| package | lines of `_core` |",
        "|---|---:|",
        *packages,
        "",
        f"A call of a package with one operation and no credentials imports {len(modules)} of {len(known)} modules "
        f"with {sum(known[name] for name in modules)} lines:",
        f"{', '.join(f'`{name}`' for name in modules)}.",
        "",
    ])  # fmt: skip


if __name__ == "__main__":
    print(page(), end="")
