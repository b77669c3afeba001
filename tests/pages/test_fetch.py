"""Fetching pages: conditional requests, robots.txt, limits."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from speclient.pages import fetch
from speclient.pages.fetch import Fetcher
from speclient.pages.store import Page

PAGE = Page("runs", "spec.yaml", url="https://docs.example.com/runs")


class Site:
    """A site with one page; `waits` are the pauses between requests."""

    def __init__(
        self, folder: Path, page: Callable[[httpx2.Request], httpx2.Response], robots: str | int = 404
    ) -> None:
        self.requests: list[httpx2.Request] = []
        self.waits: list[float] = []
        self.now = 0.0
        self._page, self._robots = page, robots
        client = httpx2.Client(transport=httpx2.MockTransport(self._answer))
        self.fetcher = Fetcher(client, folder, sleep=self._sleep, clock=lambda: self.now)

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if request.url.path == "/robots.txt":
            if isinstance(self._robots, int):
                return httpx2.Response(self._robots)
            return httpx2.Response(200, text=self._robots)
        return self._page(request)


def html(request: httpx2.Request) -> httpx2.Response:
    if request.headers.get("If-None-Match") == '"1"':
        return httpx2.Response(304)
    return httpx2.Response(200, html="<p>Hello</p>", headers={"ETag": '"1"'})


def test_an_unchanged_page_is_not_sent_again(tmp_path: Path) -> None:
    site = Site(tmp_path, html)
    assert not site.fetcher.fetch(PAGE).failed
    assert (tmp_path / "runs.html").read_text(encoding="utf-8") == "<p>Hello</p>"
    assert "not modified" in site.fetcher.fetch(PAGE).text
    (tmp_path / "runs.html").unlink()
    assert "saved" in site.fetcher.fetch(PAGE).text, "without the copy, the page is downloaded again"


def test_requests_to_a_host_are_one_second_apart(tmp_path: Path) -> None:
    site = Site(tmp_path, html, "User-agent: *\nCrawl-delay: 3\n")
    site.fetcher.fetch(PAGE)
    site.fetcher.fetch(PAGE)
    assert site.waits == [3.0, 3.0]


@pytest.mark.parametrize("robots", ["User-agent: *\nDisallow: /runs\n", 503, "User-agent: *\nCrawl-delay: 999\n"])
def test_robots_are_respected(tmp_path: Path, robots: str | int) -> None:
    site = Site(tmp_path, html, robots)
    result = site.fetcher.fetch(PAGE)
    assert result.failed
    assert "robots.txt" in result.text
    assert [request.url.path for request in site.requests] == ["/robots.txt"]
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_is_followed_and_checked_again(tmp_path: Path) -> None:
    def page(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "docs.example.com":
            return httpx2.Response(302, headers={"Location": "https://other.example.com/runs"})
        return html(request)

    site = Site(tmp_path, page)
    assert not site.fetcher.fetch(PAGE).failed
    assert [request.url.host for request in site.requests if request.url.path == "/robots.txt"] == [
        "docs.example.com",
        "other.example.com",
    ]


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (httpx2.Response(302, headers={"Location": "/runs"}), "redirects"),
        (httpx2.Response(302, headers={"Location": "file:///etc/passwd"}), "not an http"),
        (httpx2.Response(500), "500"),
    ],
)
def test_failures_leave_nothing(tmp_path: Path, response: httpx2.Response, message: str) -> None:
    result = Site(tmp_path, lambda _: response).fetcher.fetch(PAGE)
    assert result.failed
    assert message in result.text
    assert list(tmp_path.iterdir()) == []


def test_a_large_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 1000)
    result = Site(tmp_path, lambda _: httpx2.Response(200, content=b"x" * 2000)).fetcher.fetch(PAGE)
    assert result.failed
    assert list(tmp_path.iterdir()) == []


def test_the_suffix_follows_the_content_type(tmp_path: Path) -> None:
    answers = iter(["text/html", "text/markdown; charset=utf-8"])
    site = Site(tmp_path, lambda _: httpx2.Response(200, content=b"# x", headers={"Content-Type": next(answers)}))
    site.fetcher.fetch(PAGE)
    site.fetcher.fetch(PAGE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs.json", "runs.md"]


def test_an_invalid_url_is_refused(tmp_path: Path) -> None:
    site = Site(tmp_path, lambda _: httpx2.Response(200))
    result = site.fetcher.fetch(Page("runs", "runs.yaml", url="http://[::1"))
    assert result.failed
    assert "not a valid URL" in result.text


def test_a_folder_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "runs.html").mkdir()
    result = Site(tmp_path, lambda _: httpx2.Response(200, content=b"x")).fetcher.fetch(PAGE)
    assert result.failed
    assert "cannot be written" in result.text


@pytest.mark.parametrize("write", [1, 2])
def test_an_interrupted_download_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int) -> None:
    version = 1

    def page(request: httpx2.Request) -> httpx2.Response:
        if request.headers.get("If-None-Match") == f'"{version}"':
            return httpx2.Response(304)
        return httpx2.Response(200, html=f"<p>{version}</p>", headers={"ETag": f'"{version}"'})

    site = Site(tmp_path, page)
    site.fetcher.fetch(PAGE)
    version = 2
    original, calls = os.replace, 0

    def interrupted(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == write:
            raise KeyboardInterrupt
        original(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        site.fetcher.fetch(PAGE)
    monkeypatch.undo()
    assert (tmp_path / "runs.html").read_text(encoding="utf-8") in ("<p>1</p>", "<p>2</p>")
    version = 1
    site.fetcher.fetch(PAGE)
    assert (tmp_path / "runs.html").read_text(encoding="utf-8") == "<p>1</p>"
    assert not list(tmp_path.glob("*.tmp"))
