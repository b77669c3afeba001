"""pytest tests of generated packages: `--contract PACKAGE`, or the setting `contract_packages`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("speclient", "contract tests of generated packages")
    group.addoption(
        "--contract", action="append", default=[], metavar="PACKAGE[=SPEC]",
        help="test a generated package, by folder or import name, against its document or SPEC",
    )  # fmt: skip
    group.addoption(
        "--contract-examples", type=int, default=10, metavar="N",
        help="random values per operation and response (default 10)",
    )  # fmt: skip
    parser.addini("contract_packages", "packages to test: PACKAGE or PACKAGE=SPEC, one per line", type="linelist")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add one test per operation of each package, and one for what its operations share."""
    options: Any = config.getoption("--contract")
    named: list[str] = [*config.getini("contract_packages"), *options]
    for entry in named:
        items.extend(_items(session, *entry.partition("=")[::2]))


def _items(session: pytest.Session, package: str, spec: str) -> Iterator[pytest.Item]:
    from speclient.contract import DocumentError, PackageError, load_package
    from speclient.contract.client.run import import_name

    root = session.config.rootpath
    try:
        name, folder = import_name(str(root / package) if (root / package).is_dir() else package)
        document = str(root / spec) if spec else None
        loaded = load_package(name, path=folder, spec=document)
    except (PackageError, DocumentError) as problem:
        raise pytest.UsageError(f"contract tests of {package}: {problem}") from None
    for operation in (None, *(method.operation.name for method in loaded.methods)):
        yield ContractItem.from_parent(
            session, name=f"{name}: {operation or 'the package'}", package=name, folder=folder, document=document,
            operation=operation,
        )  # fmt: skip


class ContractItem(pytest.Item):
    """The contract test of one operation, or of what all operations of a package share."""

    def __init__(
        self, *, package: str, folder: Path | None, document: str | None, operation: str | None, **options: Any
    ) -> None:
        super().__init__(**options)
        self._package, self._folder, self._document, self._operation = package, folder, document, operation

    def runtest(self) -> None:
        """Run the test.

        Raises:
            ContractFailure: there are findings.
        """
        from speclient.contract.client import ClientOptions, prove_client
        from speclient.contract.findings import require

        examples: Any = self.config.getoption("--contract-examples")
        options = ClientOptions(
            examples=examples,
            operations=() if self._operation is None else (self._operation,),
            with_package=self._operation is None,
        )
        require(prove_client(self._package, path=self._folder, spec=self._document, options=options).findings)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings, without a traceback."""
        from speclient.contract.findings import ContractFailure

        if isinstance(excinfo.value, ContractFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is from."""
        return self.config.rootpath, None, f"contract of {self.name}"
