"""The rules of the house: who imports whom, what is copied, what is committed."""

from __future__ import annotations

import ast
import graphlib
import io
import json
import os
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from speclient.config import Settings
from speclient.diagnostics import CODES
from speclient.pipeline import generate
from tests_support import GENERATED, PACKAGES, ROOT

TOOLKIT = ROOT / "generator" / "speclient"
STANDARD = sys.stdlib_module_names

# docs: "The house" of DESIGN.md, from the top down; data flows down this list, and so do imports of what is above.
ORDER = (
    "diagnostics", "document", "schema", "openapi", "ir", "build", "naming", "models", "report", "render", "publish",
)  # fmt: skip
# What each folder may import of ours, itself aside.
ALLOWED = {
    "diagnostics": set[str](),
    # `files` is a module beside the folders: it reads a regular file up to a limit.
    "document": {"diagnostics", "files"},
    "schema": {"diagnostics", "document"},
    "openapi": {"diagnostics", "document", "schema"},
    "lint": {"diagnostics", "document", "openapi", "schema"},
    "ir": {"diagnostics"},
    "build": {"diagnostics", "document", "ir", "openapi", "schema"},
    "naming": {"diagnostics", "ir"},
    "models": {"diagnostics", "ir", "naming"},
    "report": {"build", "diagnostics", "ir", "naming"},
    # It fills in the runtime's templates, and reads from the runtime which errors there are.
    "render": {"diagnostics", "document", "ir", "naming", "models", "report", "runtime"},
    "publish": {"diagnostics", "document", "files", "render"},
    "runtime": set[str](),
    "values": {"document", "schema"},
    "mock": {"build", "diagnostics", "document", "files", "ir", "openapi", "samples", "schema", "values"},
    "samples": {"diagnostics", "document", "ir", "openapi", "schema", "values"},
    "pages": {"diagnostics", "document", "files", "openapi", "schema"},
    "contract": set[str](),
    "cli": {
        "config",
        "contract",
        "demo",
        "diagnostics",
        "document",
        "files",
        "mock",
        "outcome",
        "pages",
        "pipeline",
        "publish",
        "starter",
        "symbols",
    },
}
RUNTIME_MAY = {"pydantic", "pydantic_core", "typing_extensions", "httpx2", "httpcore2", "anyio", "jsonschema_rs"}
CORE = (
    "_auth", "_base_client", "_body", "_call", "_client", "_clock", "_content", "_decode", "_errors", "_exchange",
    "_flow", "_operation", "_options", "_params", "_redact", "_redirects", "_report", "_request", "_response", "_retry",
    "_sealed", "_steps", "_transport",
)  # fmt: skip
"""The core of the runtime: request, answer, errors, retries. Models, their values and the asynchronous twin stand
beside it."""


def _vendors() -> set[str]:
    """Words that stand for the services of the specs: names of packages that are no common words, and hosts."""
    words = {name for name in PACKAGES if name != "mode"}
    for name in PACKAGES:
        text = (ROOT / "specs" / f"{name}.yaml").read_text(encoding="utf-8")
        words |= {host.lower() for host in re.findall(r"https?://([\w.-]+\.\w+)", text)}
    return words


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is, or would be, committed."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip("no git repository")
    return tuple(name for name in done.stdout.split("\0") if name and (ROOT / name).is_file())


def imports_of(path: Path) -> Iterator[str]:
    """Dotted names of the modules that a file imports, those inside functions too; relative ones made absolute."""
    package = list(path.relative_to(TOOLKIT.parent).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=level, names=names):
                base = package[: len(package) - level + 1] if level else []
                stem = ".".join([*base, *([module] if module else [])])
                yield from (f"{stem}.{alias.name}" for alias in names) if stem in ("speclient", "") else (stem,)
            case _:
                pass


def folder_of(path: Path) -> str:
    parts = path.relative_to(TOOLKIT).parts
    return parts[0] if len(parts) > 1 else ""


def sources() -> list[Path]:
    return sorted(path for path in TOOLKIT.rglob("*.py") if "__pycache__" not in path.parts)


# -- who imports whom ------------------------------------------------------------------------------------------


def test_every_folder_has_a_rule() -> None:
    assert {folder_of(path) for path in sources()} - {""} == set(ALLOWED)


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_imports_flow_down(folder: str) -> None:
    breaches = [
        f"{path.relative_to(TOOLKIT).as_posix()} imports {name}"
        for path in sources()
        if folder_of(path) == folder
        for name in imports_of(path)
        if name.split(".")[0] == "speclient"
        and name.split(".")[1:2] != ["__version__"]
        and name.split(".")[1] not in {folder, *ALLOWED[folder]}
    ]
    assert breaches == []


def test_the_order_has_no_circle() -> None:
    for place, folder in enumerate(ORDER):
        assert ALLOWED[folder] - {"runtime", "files"} <= set(ORDER[:place])


def test_one_file_knows_the_model_generator() -> None:
    users = {
        path.relative_to(TOOLKIT).as_posix()
        for path in sources()
        for name in imports_of(path)
        if name.split(".")[0] == "datamodel_code_generator"
    }
    assert users == {"models/dcg.py"}


def test_the_runtime_needs_little() -> None:
    found = {
        name.split(".")[0]
        for path in sources()
        if folder_of(path) == "runtime"
        for name in imports_of(path)
        if not name.startswith("speclient.runtime")
    }
    assert found - STANDARD <= RUNTIME_MAY, found


def test_the_runtime_has_no_circle() -> None:
    """Its modules read from top to bottom, imports for type checkers included."""
    imports = {
        path.stem: {
            name.removeprefix("speclient.runtime").split(".")[1]
            for name in imports_of(path)
            if name.startswith("speclient.runtime.")
        }
        for path in sources()
        if folder_of(path) == "runtime"
    }
    assert list(graphlib.TopologicalSorter(imports).static_order())


def test_only_load_and_publish_touch_the_disk() -> None:
    """A stage neither prints nor writes; `document` reads, `publish` writes."""
    writes = {"write_text", "write_bytes", "unlink", "rmdir", "rename", "symlink_to", "touch", "open", "print", "mkdir"}
    found = []
    for path in sources():
        if folder_of(path) in (*ORDER[:-1], "values"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
                    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    if name in writes:
                        found.append(f"{path.relative_to(TOOLKIT).as_posix()}:{node.lineno}: {name}")
    assert found == []


def test_nothing_knows_a_vendor() -> None:
    found = [
        f"{name}: {word}"
        for name in tracked()
        if name.startswith("generator/")
        for word in _vendors()
        if word in (ROOT / name).read_text(encoding="utf-8").lower()
    ]
    assert found == []
    quoted = re.compile(r"""["'](mode|Mode)["']""")
    # To schemathesis, a mode is whether data is valid; `contract` hands it on.
    texts = {path.name: path.read_text(encoding="utf-8") for path in sources() if folder_of(path) != "contract"}
    assert [name for name, text in texts.items() if quoted.search(text)] == []


# Names of properties in the specs that standards or many services use.
COMMON_NAMES = {
    "_embedded",
    "_links",  # HAL.
    "createdAt",
    "endTime",
    "end_time",
    "retryAfter",  # In JSON bodies, as the header of the same name.
}


def _properties(value: Any) -> Iterator[str]:
    """The names of all properties that schemas define."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, dict):
            properties = part.get("properties")
            yield from properties if isinstance(properties, dict) else ()
            stack.extend(part.values())
        elif isinstance(part, list):
            stack.extend(part)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def test_nothing_knows_the_properties_of_a_vendor() -> None:
    """A property name of several words is a vendor's own; no text in the generator spells it, in whatever way."""
    names = {name for path in (ROOT / "specs").glob("*.yaml") for name in _properties(yaml.safe_load(path.read_text()))}
    own = {_plain(name) for name in names - COMMON_NAMES if re.search(r"[a-z][A-Z]|_", name)}
    assert len(own) > 40
    known = [
        f"{path.relative_to(TOOLKIT).as_posix()}:{node.lineno}: {node.value}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _plain(node.value) in own
    ]
    assert known == []


# -- what is copied and generated ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKAGES)
def test_core_is_a_copy_of_the_runtime(name: str) -> None:
    core = next((GENERATED / f"{name}-client").glob("*/_core"))
    copies = {path.name: path for path in core.glob("*.py")}
    assert len(copies) > 8
    for file_name, copy in copies.items():
        assert copy.read_bytes() == (TOOLKIT / "runtime" / file_name).read_bytes(), file_name


@pytest.mark.parametrize("name", PACKAGES)
def test_generating_again_makes_no_difference(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    made = generate(Path("specs") / f"{name}.yaml", Settings(output=str(tmp_path), tests=True))
    assert made.folder is not None
    committed = GENERATED / made.folder.name
    inside = {file for file in tracked() if file.startswith(f"generated/{made.folder.name}/")}
    new = {path.relative_to(made.folder).as_posix(): path for path in made.folder.rglob("*") if path.is_file()}
    assert {f"generated/{made.folder.name}/{file}" for file in new} == inside
    for file, path in new.items():
        assert _placeless(path) == _placeless(committed / file), file


def _placeless(path: Path) -> bytes:
    """The content; of a lock without the place of the document, which is relative to the package."""
    return re.sub(rb'"path": "[^"]*/([^/"]*)"', rb'"path": "\1"', path.read_bytes())


def test_generated_has_a_folder_a_spec() -> None:
    folders = {name.split("/")[1] for name in tracked() if name.startswith("generated/")}
    assert folders == {f"{path.stem}-client" for path in (ROOT / "specs").glob("*.yaml") if path.name != "pages.yaml"}


def lines_of_code(source: str) -> int:
    """Lines that hold code: no comments, no docstrings, no blanks."""
    ignored = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    docstrings = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return len({token.start[0] for token in tokens if token.type not in ignored} - docstrings)


def test_the_core_stays_small() -> None:
    lines = {name: lines_of_code((TOOLKIT / "runtime" / f"{name}.py").read_text(encoding="utf-8")) for name in CORE}
    assert sum(lines.values()) < 2600, lines


# -- what is committed -----------------------------------------------------------------------------------------


def test_no_file_names_this_machine() -> None:
    """No absolute path of a machine, no address of a package registry."""
    path = re.compile(r"/(?:root|Users|home/[a-z]+)/[A-Za-z0-9._]|/(?:work|tmp)/[a-z]|[A-Z]:\\\\?Users")
    registry = re.compile(
        r"(?:pypi|index|registry|artifactory|nexus|npm)[a-z0-9.-]*\.[a-z]+(?::\d+)?/(?:simple|root|repository|api/npm)|extra-index-url|--index-url"
    )
    found = []
    for name in tracked():
        text = (ROOT / name).read_bytes().decode("utf-8", "replace")
        for pattern in (path, registry):
            match = pattern.search(text)
            if match is not None and name != Path(__file__).relative_to(ROOT).as_posix():
                found.append(f"{name}: {match[0]}")
    assert found == []


def test_no_file_holds_a_secret_or_a_leftover() -> None:
    odd = [name for name in tracked() if re.search(r"(\.orig|\.rej|\.bak|~|\.swp|\.pyc|\.DS_Store|\.env)$", name)]
    assert odd == []
    marks = re.compile(r"^(<{7} |>{7} )", re.MULTILINE)
    assert [n for n in tracked() if n.endswith((".py", ".md", ".yaml", ".toml")) and marks.search(_text(n))] == []


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def _requirements() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in project["project"]["optional-dependencies"].values():
        listed += extra
    return [Requirement(text) for text in listed]


def _constraints() -> dict[str, str]:
    pins: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, version = line.split("==")
            pins[canonicalize_name(name)] = version
    return pins


def test_constraints_satisfy_the_ranges() -> None:
    pins = _constraints()
    for requirement in _requirements():
        version = pins.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in constraints.txt"
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} and {version}"


def test_generated_packages_ask_for_what_the_toolkit_is_tested_with() -> None:
    ours = {canonicalize_name(found.name) for found in _requirements()}
    lines = {str(found) for found in _requirements()}
    pins = _constraints()
    for name in PACKAGES:
        text = (GENERATED / f"{name}-client" / "pyproject.toml").read_text(encoding="utf-8")
        for line in tomllib.loads(text)["project"]["dependencies"]:
            asked = Requirement(line)
            key = canonicalize_name(asked.name)
            assert asked.specifier.contains(pins[key])
            assert key not in ours or str(asked) in lines


# -- diagnostics -----------------------------------------------------------------------------------------------


def test_every_code_is_used() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sources() if path.name != "codes.py"]
    unused = [code for code in CODES if not any(f'"{code}"' in text for text in texts)]
    assert unused == []


def test_every_code_that_is_used_is_registered() -> None:
    used = {code for path in sources() for code in re.findall(r"\bSC\d{3}\b", path.read_text(encoding="utf-8"))}
    # The first two stand in the text of `--help` and in examples too.
    assert used - set(CODES) == set()


def test_every_code_says_why_and_what_to_do() -> None:
    for code, entry in CODES.items():
        assert code == entry.code
        assert entry.severity in ("error", "warning", "note")
        assert entry.title
        assert entry.why.endswith(".")
        assert entry.hint
        assert not entry.hint.endswith(".")


def test_every_code_is_documented() -> None:
    page = ROOT / "docs" / "reference" / "diagnostics.md"
    text = page.read_text(encoding="utf-8")
    assert [code for code in CODES if code not in text] == []


def test_locks_name_no_machine() -> None:
    for name in PACKAGES:
        lock = json.loads((GENERATED / f"{name}-client" / "speclient.lock").read_text(encoding="utf-8"))
        assert set(lock) - {"names", "document"} == {"lock", "generator", "settings", "spec", "files"}
        assert list(lock["spec"]) == [f"{name}.yaml"]
        assert not any(os.path.isabs(file) or ".." in file for file in lock["files"])


# -- docstrings of the stages ------------------------------------------------------------------------------------

DOCUMENTED = ("build", "ir", "naming", "openapi", "render", "report", "samples", "schema")


def undocumented(path: Path) -> Iterator[str]:
    """The public functions with three or more arguments without `Args`, and those that raise without `Raises`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    scopes: list[ast.Module | ast.ClassDef] = [
        tree,
        *(node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")),
    ]
    for function in (node for scope in scopes for node in scope.body if isinstance(node, ast.FunctionDef)):
        if function.name.startswith("_"):
            continue
        text = ast.get_docstring(function) or ""
        arguments = [each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
        if len([name for name in arguments if name not in ("self", "cls")]) >= 3 and "Args:" not in text:
            yield f"{path.name}:{function.lineno}: {function.name} has no `Args`"
        raising = any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(function))
        if raising and "Raises:" not in text:
            yield f"{path.name}:{function.lineno}: {function.name} has no `Raises`"


@pytest.mark.parametrize("folder", DOCUMENTED)
def test_arguments_and_exceptions_are_documented(folder: str) -> None:
    assert [finding for path in sources() if folder_of(path) == folder for finding in undocumented(path)] == []
