"""Build the four wheels; install each alone, in an empty environment, on each Python from 3.11 up; call it.

`make test-pythons`. Needs the network, for httpx2 and pydantic.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SMOKE = r"""
import importlib, importlib.metadata, importlib.util, json, sys, warnings
import httpx2
assert importlib.util.find_spec("speclient") is None
name = sys.argv[1]
package = importlib.import_module(name)
folder = importlib.util.find_spec(name).submodule_search_locations[0]
with open(folder + "/_spec/operations.json", encoding="utf-8") as file:
    table = json.load(file)
seen = []
def answer(request):
    seen.append(request)
    return httpx2.Response(404, json={"message": "no", "id": "not_found", "type": "NOT_FOUND", "error": {}})
credentials = {arg: "x" for parts in table["credentials"].values() for arg in parts.values()}
with httpx2.Client(transport=httpx2.MockTransport(answer)) as http_client:
    client = getattr(package, table["client"])(**credentials, http_client=http_client)
    for row in table["operations"]:
        group, method = row["call"].split(".")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                client.raw(getattr(getattr(client, group), method), **row["example"])
        except package.StatusError as error:
            assert error.status_code == 404
for model in dir(package.models):
    getattr(package.models, model)
assert len(seen) == len(table["operations"])
version = importlib.metadata.version(name.replace("_", "-"))
print(f"  {name} {version}: {len(seen)} operations called, {len(dir(package.models))} models")
"""


def interpreters() -> list[str]:
    """One interpreter for each Python version from 3.11 up that can be found."""
    candidates = [sys.executable, *(shutil.which(f"python3.{minor}") or "" for minor in range(11, 20))]
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += [str(path) for path in sorted(versions.glob("3.*/bin/python3"))]
    found: dict[str, str] = {}
    for candidate in filter(None, candidates):
        code = "import sys; print('%d.%d' % sys.version_info[:2] if sys.version_info >= (3, 11) else '')"
        done = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        version = done.stdout.strip()
        if done.returncode == 0 and version:
            found.setdefault(version, candidate)
    return [found[version] for version in sorted(found, key=lambda text: [int(part) for part in text.split(".")])]


def _quietly(*command: str) -> None:
    """Run a command; what it prints matters only when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def main() -> int:
    """Give 0 when every wheel works on every Python."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for project in sorted(path.parent for path in (ROOT / "generated").glob("*/pyproject.toml")):
            copy = shutil.copytree(project, folder / project.name)
            out = str(folder / "dist")
            _quietly(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, str(copy))
        wheels = sorted((folder / "dist").glob("*.whl"))
        assert len(wheels) == 4, wheels
        for python in interpreters():
            version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
            print(version)
            for wheel in wheels:
                environment = folder / "environment"
                _quietly(python, "-m", "venv", "--clear", str(environment))
                inner = str(environment / "bin" / "python")
                constraints = str(ROOT / "constraints.txt")
                _quietly(inner, "-m", "pip", "install", "--quiet", "-c", constraints, str(wheel))
                package = wheel.name.split("-")[0]
                subprocess.run([inner, "-W", "error", "-c", SMOKE, package], check=True, cwd=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
