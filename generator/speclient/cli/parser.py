"""Arguments of the `speclient` command."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from speclient import __version__
from speclient.cli.findings import add_arguments
from speclient.diagnostics import printable
from speclient.mock.arguments import add_arguments as add_mock_arguments

_DESCRIPTION = """\
Turn OpenAPI documents into typed Python client packages, and check every link from page to service.

  speclient init my-api --page saved.html   a new folder with a spec drafted from a docs page
  speclient check openapi.yaml              validate and lint a document
  speclient generate openapi.yaml --output clients
                                            generate a package
  speclient generate --check                exit 1 if a package of [tool.speclient] is out of date
  speclient pages check                     compare specs with the docs pages they describe
  speclient mock openapi.yaml               serve a mock of the service
  speclient contract service openapi.yaml --url http://localhost:8000
                                            test a service, and the client, against the document
  speclient contract client generated/mode-client
                                            test a generated package against its document
  speclient explain SC203                   explain a diagnostic code

Exit codes: 0 success, 1 findings, 2 usage error or unusable input.
"""

_SPECS = "OpenAPI documents: files, folders, URLs, or - for standard input (default: those of [tool.speclient])"


class _Parser(argparse.ArgumentParser):
    """Requires options in full: an abbreviation could become ambiguous when an option is added."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    root = _Parser(prog="speclient", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    root.add_argument("--version", action="version", version=f"speclient {__version__}")
    commands = root.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    check = commands.add_parser("check", help="validate and lint documents")
    check.add_argument("specs", nargs="*", metavar="SPEC", help=_SPECS)
    add_arguments(check)
    check.add_argument("--allow-outside-refs", action="store_true", help="follow references out of the folder")
    generate = commands.add_parser("generate", help="generate client packages")
    generate.add_argument("specs", nargs="*", metavar="SPEC", help=_SPECS)
    generate.add_argument("--output", metavar="DIR", help="folder for the packages (default: generated)")
    generate.add_argument("--package", metavar="NAME", help="name of the package, for one document")
    generate.add_argument("--check", action="store_true", help="write nothing; exit 1 if a package is out of date")
    add_arguments(generate)
    generate.add_argument("--tests", action="store_true", help="write tests that run with pytest and the mock")
    generate.add_argument("--force", action="store_true", help="overwrite files that were edited")
    generate.add_argument("--again", action="store_true", help="generate even if nothing changed")
    generate.add_argument("--timings", action="store_true", help="print the duration of each stage")
    generate.add_argument("--allow-outside-refs", action="store_true", help="follow references out of the folder")
    for command in (check, generate):
        command.add_argument("--allow-urls", action="store_true", help="follow references to http and https URLs")
        command.add_argument(
            "--overlay", action="append", default=[], metavar="FILE", help="apply an OpenAPI overlay; may be repeated"
        )
    for option, text in (("--include", "only these operations"), ("--exclude", "not these operations")):
        generate.add_argument(
            option,
            action="append",
            default=[],
            metavar="PATTERN",
            help=f"{text}, for example tag:runs, path:/v1/* or operation:list*; may be repeated",
        )
    generate.add_argument(
        "--allow-variable",
        action="append",
        default=[],
        metavar="NAME",
        help="allow the package to read an environment variable of another program, such as OPENAI_API_KEY",
    )
    inspect = commands.add_parser("inspect", help="show how speclient reads a document, as JSON")
    inspect.add_argument("specs", nargs=1, metavar="SPEC", help="OpenAPI document")
    inspect.add_argument(
        "--what", choices=("report", "pagination", "ir"), default="report", help="what to show (default: report)"
    )
    for command in (generate, inspect):
        command.add_argument(
            "--no-infer-pagination", action="store_true", help="do not infer pagination; only x-speclient enables it"
        )
    generate.add_argument("--templates", metavar="DIR", help="folder of templates that replace those of the same name")
    init = commands.add_parser("init", help="start a new spec")
    init.add_argument("folder", metavar="DIR", help="folder to create")
    init.add_argument("--page", metavar="FILE", help="start the spec from a saved docs page")
    init.add_argument("--url", metavar="URL", help="address of the docs page")
    explain = commands.add_parser("explain", help="explain a diagnostic code")
    explain.add_argument("code", metavar="CODE", nargs="?", help="for example SC203 (default: list all codes)")
    _add_pages(commands)
    demo = commands.add_parser("demo", help="call each operation of the generated clients against the embedded mock")
    demo.add_argument("specs", nargs="*", metavar="SPEC", help="documents (default: those of [tool.speclient])")
    demo.add_argument("--output", metavar="DIR", help="folder of the packages (default: generated)")
    add_mock_arguments(commands.add_parser("mock", help="serve mocks of documents"))
    _add_contract(commands)
    return root


def _add_contract(commands: Any) -> None:
    """Add the command group `contract`."""
    group = commands.add_parser(
        "contract",
        help="test a service and the client against a document",
        description="Test a service and the client against a document.",
    )
    actions = group.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    contract = actions.add_parser(
        "service",
        help="test a service",
        description="Test a service against a document. Only GET and HEAD are sent, unless --unsafe-methods is given.",
    )
    contract.add_argument(
        "spec", metavar="SPEC", help="OpenAPI document, or the name of one in [tool.speclient] without its suffix"
    )
    target = contract.add_mutually_exclusive_group(required=True)
    target.add_argument("--url", help="base URL of the service")
    target.add_argument("--app", metavar="MODULE:NAME", help="ASGI application, called in process")
    target.add_argument("--mock", action="store_true", help="the mock of the document, called in process")
    contract.add_argument(
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="value of a path or query parameter that exists, such as an id; may be repeated",
    )
    contract.add_argument(
        "--params-file", metavar="FILE", help="lines of NAME=VALUE (also: the environment variable SPECLIENT_PARAMS)"
    )
    for option, text in (("--include", "only these operations"), ("--exclude", "not these operations")):
        contract.add_argument(
            option, action="append", default=[], dest=f"{option[2:]}_operations", metavar="PATTERN",
            help=f"{text}, for example tag:runs, path:/v1/* or operation:list*; may be repeated",
        )  # fmt: skip
    contract.add_argument(
        "--unsafe-methods", action="store_true", help="also call operations that may change something"
    )
    contract.add_argument("--require-all", action="store_true", help="exit 1 if an operation was skipped")
    contract.add_argument("--dry-run", action="store_true", help="list what would be sent, and send nothing")
    contract.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of everything that is chosen at random (default: 0)"
    )
    contract.add_argument(
        "--rate", type=float, metavar="N", help="requests per second (default: 2; for this machine: unlimited)"
    )
    contract.add_argument(
        "--max-requests", type=int, default=300, metavar="N", help="maximum number of requests (default: 300)"
    )
    contract.add_argument(
        "--max-response-time", type=float, metavar="SECONDS",
        help="a slower response is a violation (default: 5; for this machine: 1)",
    )  # fmt: skip
    contract.add_argument(
        "--timeout",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="time limit of each request with its response (default: 20)",
    )
    contract.add_argument(
        "--max-time", type=float, default=300.0, metavar="SECONDS", help="time limit of the run (default: 300)"
    )
    contract.add_argument("--output", metavar="DIR", help="folder of the packages (default: generated)")
    contract.add_argument(
        "--overlay", dest="proposal", metavar="FILE", help="write a proposed overlay of the document to a file"
    )
    add_arguments(contract)
    client = actions.add_parser(
        "client",
        help="test a generated package",
        description="Test a generated package against its document, with scripted services in this process.",
    )
    client.add_argument("tested", metavar="PACKAGE", help="folder of the package, or its import name")
    client.add_argument("--spec", metavar="FILE", help="OpenAPI document (default: the copy that the package contains)")
    client.add_argument("--seed", type=int, metavar="N", help="of the random values (default: a fixed choice)")
    client.add_argument("--explore", action="store_true", help="choose a new seed, which is printed")
    client.add_argument(
        "--examples", type=int, default=10, metavar="N", help="random values per operation and response (default: 10)"
    )
    client.add_argument("--first", action="store_true", help="stop at the first finding")
    add_arguments(client)


def _add_pages(commands: Any) -> None:
    """Add the command group `pages`."""
    pages = commands.add_parser(
        "pages",
        help="compare specs with the docs pages they describe",
        description="Compare specs with the docs pages they describe.",
    )
    actions = pages.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    check = actions.add_parser("check", help="compare facts and specs in both directions")
    check.add_argument("specs", nargs="*", metavar="SPEC", help=_SPECS)
    extract = actions.add_parser("extract", help="show what a saved page states")
    extract.add_argument("page", metavar="PAGE", help="file of a saved page, or the name of a page in pages.yaml")
    extract.add_argument("--lines", action="store_true", help="print the text of the page with its facts per line")
    extract.add_argument("--write", action="store_true", help="record the facts next to the spec")
    extract.add_argument("--spec", metavar="SPEC", help="with --write: the document that describes the page")
    extract.add_argument("--url", metavar="URL", help="with --write: the address of the page")
    extract.add_argument(
        "--name", metavar="NAME", help="with --write: the name of the page (default: that of the file)"
    )
    diff = actions.add_parser("diff", help="show what changed on a page")
    diff.add_argument(
        "saved", nargs="*", metavar="PAGE",
        help="two saved pages, OLD and NEW; or pages to compare with their recorded facts (default: all)",
    )  # fmt: skip
    propose = actions.add_parser("propose", help="show the edit of the specs that pages ask for")
    propose.add_argument("names", nargs="*", metavar="PAGE", help="names of pages (default: all with a saved copy)")
    propose.add_argument("--write", action="store_true", help="edit the specs and record the facts")
    fetch = actions.add_parser("fetch", help="download the pages")
    fetch.add_argument("names", nargs="*", metavar="PAGE", help="names of pages (default: all with a URL)")
    fetch.add_argument("--pages", metavar="DIR", help="folder for the pages (default: .speclient/pages)")
    for action in (check, extract, diff, propose):
        action.add_argument(
            "--pages", dest="copies", metavar="DIR",
            help="folder with saved pages (default: $SPECLIENT_PAGES, then .speclient/pages)",
        )  # fmt: skip
    for action in (check, diff):
        add_arguments(action)
