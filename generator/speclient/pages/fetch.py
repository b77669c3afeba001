"""Downloads docs pages: conditional requests, robots.txt respected, one request per second and host."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import httpx2

from speclient import __version__
from speclient.files import read_record, replace_file
from speclient.pages.copies import SUFFIXES, find_copy
from speclient.pages.record import write_file
from speclient.pages.store import Page
from speclient.pages.text import MAX_BYTES

AGENT: Final = f"speclient/{__version__}"
TIMEOUT: Final = 30.0
"""Seconds for the whole download of a page."""
MAX_REDIRECTS: Final = 5
MAX_ROBOTS: Final = 500_000
MAX_DELAY: Final = 30.0
"""Longest `Crawl-delay` in seconds that is respected; a page of a slower host is not fetched."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a page: what happened, and whether it failed."""

    text: str
    failed: bool = False


class _Refused(Exception):
    """A page cannot be fetched; the message says why."""


@dataclass
class Fetcher:
    """Fetches pages into a folder.

    Args:
        client: sends the requests.
        folder: receives `NAME.html` (`.md`, `.txt`) and `NAME.json` with date, URL, and validators.
        sleep: waits for some seconds.
        clock: seconds.
    """

    client: httpx2.Client
    folder: Path
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _robots: dict[str, RobotFileParser] = field(default_factory=dict[str, RobotFileParser])
    _last: dict[str, float] = field(default_factory=dict[str, float])

    def fetch(self, page: Page) -> Result:
        """Download a page, unless it did not change since the last time."""
        if page.url is None:
            return Result("has no `url` in pages.yaml", failed=True)
        record = self.folder / f"{page.name}.json"
        known = read_record(record)
        headers = {"User-Agent": AGENT, "Accept": "text/html, text/markdown, text/plain;q=0.9"}
        if known.get("url") == page.url and find_copy(page.name, [self.folder]) is not None:
            headers |= {"If-None-Match": known["etag"]} if known.get("etag") else {}
            headers |= {"If-Modified-Since": known["modified"]} if known.get("modified") else {}
        try:
            status, final, received, body = self._get(page.url, headers)
        except _Refused as problem:
            return Result(str(problem), failed=True)
        except (httpx2.HTTPError, httpx2.InvalidURL) as problem:
            return Result(f"no response ({type(problem).__name__})", failed=True)
        if status == 304:
            return Result(f"not modified since {known.get('date', 'the last time')}")
        if status != 200:
            return Result(f"the server returned {status}", failed=True)
        path = self.folder / f"{page.name}{_suffix(received.get('content-type', ''))}"
        try:
            # Without the record, an interrupted download is repeated.
            record.unlink(missing_ok=True)
            replace_file(path, body)
            for suffix in SUFFIXES:
                other = self.folder / f"{page.name}{suffix}"
                if other != path:
                    other.unlink(missing_ok=True)
        except OSError as problem:
            return Result(f"{path.as_posix()} cannot be written: {problem.strerror or problem}", failed=True)
        entry = {
            "url": page.url,
            "final-url": final,
            "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "etag": received.get("etag"),
            "modified": received.get("last-modified"),
        }
        write_file(record, json.dumps(entry, indent=1) + "\n")
        return Result(f"saved as {path.as_posix()} ({len(body):,} bytes)")

    def _get(self, url: str, headers: dict[str, str]) -> tuple[int, str, httpx2.Headers, bytes]:
        for _ in range(MAX_REDIRECTS + 1):
            try:
                parts = urlsplit(url)
            except ValueError:
                raise _Refused(f"{url!r} is not a valid URL") from None
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise _Refused(f"{url!r} is not an http or https URL")
            self._wait(url)
            body = bytearray()
            end = self.clock() + TIMEOUT
            with self.client.stream("GET", url, headers=headers, follow_redirects=False) as response:
                if response.has_redirect_location:
                    url = str(httpx2.URL(url).join(response.headers.get("location", "")))
                    continue
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise _Refused(f"the page has more than {MAX_BYTES // 1_000_000} MB")
                    if self.clock() > end:
                        raise _Refused(f"the download took more than {TIMEOUT:.0f} seconds")
                return response.status_code, url, response.headers, bytes(body)
        raise _Refused(f"more than {MAX_REDIRECTS} redirects")

    def _wait(self, url: str) -> None:
        """Check robots.txt, and wait until the host may be asked again."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
            self._last[origin] = self.clock()
        robots = self._robots[origin]
        if not robots.can_fetch(AGENT, url):
            raise _Refused("robots.txt of the host does not allow it; save the page from a browser")
        delay = float(robots.crawl_delay(AGENT) or 1.0)
        if delay > MAX_DELAY:
            raise _Refused(f"robots.txt of the host asks for {delay:.0f} seconds between requests")
        remaining = self._last[origin] + delay - self.clock()
        if remaining > 0:
            self.sleep(remaining)
        self._last[origin] = self.clock()

    def _read_robots(self, origin: str) -> RobotFileParser:
        """The rules of a host. Without a robots.txt (4xx) all is allowed; with a failing server, nothing (RFC 9309)."""
        parser = RobotFileParser()
        body = bytearray()
        end = self.clock() + TIMEOUT
        with self.client.stream(
            "GET", f"{origin}/robots.txt", headers={"User-Agent": AGENT}, follow_redirects=False
        ) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MAX_ROBOTS:
                    break
                if self.clock() > end:
                    raise _Refused(f"robots.txt of the host took more than {TIMEOUT:.0f} seconds")
            if response.status_code == 200:
                parser.parse(body[:MAX_ROBOTS].decode("utf-8", errors="replace").splitlines())
            elif response.status_code >= 500:
                parser.parse(["User-agent: *", "Disallow: /"])
            else:
                parser.parse([])
        return parser


def fetch_pages(pages: Sequence[Page], folder: Path) -> Iterator[tuple[Page, Result]]:
    """Fetch pages one after the other, and yield the result of each."""
    with httpx2.Client(timeout=TIMEOUT) as client:
        fetcher = Fetcher(client, folder)
        for page in pages:
            yield page, fetcher.fetch(page)


def _suffix(content_type: str) -> str:
    essence = content_type.partition(";")[0].strip().lower()
    return {"text/markdown": ".md", "text/x-markdown": ".md", "text/plain": ".txt"}.get(essence, ".html")
