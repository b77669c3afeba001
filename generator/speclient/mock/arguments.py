"""Arguments of `speclient mock`, apart from the command so that the parser imports nothing else."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to a parser."""
    parser.add_argument("specs", nargs="*", metavar="SPEC", help="OpenAPI documents; several are served below /NAME")
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8765, help="port to listen on (8765); 0 for any free port")
    parser.add_argument("--seed", type=int, default=0, help="varies all generated values")
    parser.add_argument("--size", type=int, default=60, metavar="N", help="resources of each collection (60)")
    parser.add_argument(
        "--lifecycle", type=int, default=1, metavar="POLLS",
        help="requests that each state of a job lasts (1); 0: jobs never change",
    )  # fmt: skip
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="delay of each response")
    parser.add_argument("--token", metavar="TOKEN", help="the only credential that is accepted (default: any)")
    parser.add_argument("--store", metavar="FILE", help="load the resources from a saved store (JSON or YAML)")
    parser.add_argument("--no-reload", action="store_true", help="do not reload a document that changes")
