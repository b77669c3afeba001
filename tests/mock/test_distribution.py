"""The distribution with only the mock: its wheel has what the mock imports, and requires what that imports."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "generator" / "mock" / "pyproject.toml").read_text(encoding="utf-8"))
CODE = """
import sys
from speclient.mock import Mock, PackageMock, RecordingTransport, Request, faults, mock, serving
import speclient.mock.command, speclient.mock.pytest_plugin
Mock("specs/coalesce.yaml").handle(Request("GET", "/api/v1/runs", headers=(("authorization", "Bearer x"),)))
for name, module in sorted(sys.modules.items()):
    if getattr(module, "__file__", None):
        print(name, module.__file__)
"""


def test_the_wheel_has_every_module_that_the_mock_imports() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    own = {name.split(".")[1] for name in loaded if name.startswith("speclient.")}
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].values()
    assert own <= {Path(target).relative_to("speclient").parts[0].removesuffix(".py") for target in included}


def test_its_requirements_are_what_it_imports_and_have_no_exact_version() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {line.split(" ", 1)[0].split(".")[0] for line in done.stdout.splitlines() if "site-packages" in line}
    required = {re.split(r"[>=<\[; ]", each)[0].replace("-", "_") for each in PROJECT["project"]["dependencies"]}
    known = {"yaml": "pyyaml", "jsonpath_rfc9535": "jsonpath_rfc9535", "pydantic_core": "pydantic"}
    # What comes with those, and with pytest.
    others = {
        "idna", "iregexp_check", "regex", "typing_extensions", "httpcore2", "h11", "certifi", "pytest", "_pytest",
        "pluggy", "iniconfig", "packaging", "pygments", "truststore", "anyio", "sniffio", "_distutils_hack",
        "annotated_types", "py", "typing_inspection",
    }  # fmt: skip
    assert {known.get(name, name) for name in loaded - others} <= required
    assert not [each for each in PROJECT["project"]["dependencies"] if "==" in each]


def test_versions_and_the_server_agree_with_the_toolkit() -> None:
    toolkit = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    mock = PROJECT["project"]
    assert mock["version"] == toolkit["version"]
    assert mock["optional-dependencies"]["serve"] == toolkit["optional-dependencies"]["serve"]
    # The toolkit has the plugin for contract tests too.
    assert mock["entry-points"]["pytest11"].items() <= toolkit["entry-points"]["pytest11"].items()
    toolkit_ranges = {re.split(r"[>=<\[; ]", each)[0]: each for each in toolkit["dependencies"]}
    for requirement in mock["dependencies"]:
        name = re.split(r"[>=<\[; ]", requirement)[0]
        assert requirement in (toolkit_ranges[name], "pydantic>=2.11,<3")
