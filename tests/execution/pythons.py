"""Build wheels of the packages; install them without the toolkit, next to old and new requirements; use them.

`make test-pythons`. Needs the network. The lowest versions that the packages accept run on the oldest Python from 3.11
up that is here, the newest versions on the newest Python, and each Python and each set of versions runs at least once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pinned_names import overlay_for
from speclient.config import Settings
from speclient.pipeline import generate

ROOT = Path(__file__).resolve().parent.parent.parent
SMOKE = Path(__file__).with_name("package_smoke.py")
# Python 3.14 needs pydantic 2.12.
LOWEST = ("httpx2==2.0.0", "anyio==4.0.0", "typing-extensions==4.12.2", "jsonschema-rs==0.30.0",
          "opentelemetry-api==1.20.0", "opentelemetry-sdk==1.20.0",
          "pydantic==2.11.0; python_version < '3.14'", "pydantic==2.12.0; python_version >= '3.14'")  # fmt: skip
MIDDLE = ("httpx2==2.8.0", "jsonschema-rs==0.46.10", "opentelemetry-api==1.33.0", "opentelemetry-sdk==1.33.0",
          "pydantic==2.12.5")  # fmt: skip
SETS = {"lowest": LOWEST, "middle": MIDDLE, "newest": ("opentelemetry-sdk",)}


def interpreters() -> list[str]:
    """One interpreter for each Python version from 3.11 up that can be found, the oldest first."""
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


def pairs(pythons: list[str]) -> list[tuple[str, str]]:
    """Which interpreter runs next to which set of versions."""
    sets = list(SETS)
    if len(pythons) <= len(sets):
        pythons = [pythons[0]] * (len(sets) - len(pythons)) + pythons
    return list(zip_longest(pythons, sets[: len(pythons)], fillvalue="newest"))


def _quietly(*command: str) -> None:
    """Run a command; what it prints matters only when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def wheels(folder: Path) -> list[Path]:
    """The wheels of the committed packages, and of one that exercises what they do not have."""
    feature = ROOT / "tests" / "features" / "violations" / "openapi.yaml"
    names = overlay_for(feature, folder)
    assert names is not None
    outcome = generate(feature, Settings(output=str(folder / "feature"), overlays=(str(names),)))
    assert outcome.folder is not None
    projects = sorted(path.parent for path in (ROOT / "generated").glob("*/pyproject.toml"))
    for project in [*projects, outcome.folder]:
        copy = shutil.copytree(project, folder / "build" / project.name)
        out = str(folder / "dist")
        _quietly(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, str(copy))
    return sorted((folder / "dist").glob("*.whl"))


def main() -> int:
    """Give 0 when every wheel works next to every set of versions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = wheels(folder)
        packages = [wheel.name.split("-")[0] for wheel in built]
        for python, versions in pairs(interpreters()):
            version = subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
            print(f"{version}, {versions} requirements", flush=True)
            environment = folder / "environment"
            _quietly(python, "-m", "venv", "--clear", str(environment))
            inner = str(environment / "bin" / "python")
            targets = [
                f"{wheel}[enforce,otel]" if wheel.name.startswith("schemaviolations") else str(wheel) for wheel in built
            ]
            _quietly(inner, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *targets, *SETS[versions])
            for arguments in (packages, []):
                command = [inner, "-W", "error", str(SMOKE), *arguments]
                subprocess.run(command, check=True, cwd=folder, env={"PATH": os.environ.get("PATH", "")})
    return 0


if __name__ == "__main__":
    sys.exit(main())
