"""Response side: every documented answer comes back typed and whole, and every invalid one is refused."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
from hypothesis import given
from hypothesis import strategies as st

from .arguments import Arguments
from .client_call import Outcome, Raised, Responder, Returned, Session, reproduction
from .equality import first_difference, parse_lossless
from .findings import Finding, require
from .jsontypes import Json
from .judge import Verdict
from .mirror import is_plain
from .operations import ParameterKey
from .package import Method, Package
from .profile import Profile
from .request_side import smallest_arguments
from .responses import DocumentedResponse, ResponseSpace
from .samples import complete
from .secrecy import judge_secrecy
from .spelling import at, awkward, json_text, leaves, near, neighbour, removed, replaced, varied, write
from .status_errors import status_error


class ResponseContract:
    """The answers of one method, tried on a client.

    `space` knows the values of the document; one for a whole document spares building it for each operation.
    """

    def __init__(
        self, package: Package, method: Method, space: ResponseSpace | None = None, session: Session | None = None
    ) -> None:
        self.package = package
        self.method = method
        self.space = space or ResponseSpace(method.operation.document, (method.operation,))
        self.arguments: Arguments = smallest_arguments(method)
        # One client for thousands of answers: building one costs more than a call.
        self.session = session or Session(package)

    @property
    def responses(self) -> tuple[DocumentedResponse, ...]:
        """The answers that the operation documents."""
        return tuple(each for each in self.space.responses if each.operation == self.method.operation)

    def check_random(self, answer: DocumentedResponse, profile: Profile | None = None) -> None:
        """Any valid body, awkwardly spelled, and any invalid one that schemathesis or a small step makes."""
        profile = profile or Profile()
        judge, mirror, key = self.space.judge(answer), self.space.mirror, self.space.key(answer)

        @profile.settings()
        @given(data=st.data())
        def run_valid(data: st.DataObject) -> None:
            body = data.draw(varied(data.draw(mirror.valid(key).filter(is_plain)), judge.is_valid))
            require(self.judge_body(answer, data.draw(json_text(body))))
            # Drawing a body costs fifty times what a call costs: make the most of each.
            for _ in range(4):
                require(self.judge_body(answer, write(data.draw(neighbour(body)))))

        @profile.settings(0.5)
        @given(body=mirror.invalid(key).filter(is_plain))
        def run_invalid(body: Json) -> None:
            require(self.judge_body(answer, write(body)))

        run_valid()
        run_invalid()

    def check_sweep(self, answer: DocumentedResponse) -> None:
        """Every step away from complete values: each member gets each wrong and each awkward value once."""
        found: list[Finding] = []
        samples = complete(self.space.judge(answer))
        for body in samples:
            found += self.judge_body(answer, write(body))
        for text in dict.fromkeys(text for body in samples for text in _steps(body)):
            found += self.judge_body(answer, text)
            if len(found) >= 20:
                break
        require(found)

    def judge_body(self, answer: DocumentedResponse, text: str) -> list[Finding]:
        """Send one body as this answer and judge what the call makes of it."""
        body = parse_lossless(text)
        session = self.session
        session.answer_with(_responder(answer, text.encode("utf-8")))
        arguments = self._with(answer)
        outcome = session.call(self.method, arguments)
        found = [
            *self._judge(answer, body, outcome),
            *judge_secrecy(answer.operation.name, outcome, session.credentials),
        ]
        how = f"{reproduction(self.method, arguments)} answered {answer.status} {_shortened(text)}"
        if len(session.requests) != 1:
            found.append(Finding(answer.operation.name, "call.requests", "one request", str(len(session.requests))))
        return [Finding(each.operation, each.check, each.expected, each.got, how) for each in found]

    def check_plain(self, answer: DocumentedResponse) -> None:
        """An answer without JSON, empty and not. Raises `ContractFailure`."""
        contents = (b"",) if answer.media_type is None else (b"", b"<p>text</p>")
        for content in contents:
            require(self.judge_plain(answer, content))

    def judge_plain(self, answer: DocumentedResponse, content: bytes) -> list[Finding]:
        """Send an answer without JSON (empty, or another media type).

        A result, or the error of the status.
        """
        self.session.answer_with(_responder(answer, content))
        outcome = self.session.call(self.method, self._with(answer))
        if answer.is_success:
            fine = isinstance(outcome, Returned)
            return [] if fine else [Finding(answer.operation.name, "answer.plain", "a result", str(outcome))]
        return list(self._judge_status(answer, outcome))

    def _with(self, answer: DocumentedResponse) -> Arguments:
        values: dict[ParameterKey, Json] = {**self.arguments.values, **answer.chosen}
        return Arguments(values, self.arguments.body, self.arguments.body_type)

    def _judge(self, answer: DocumentedResponse, body: Json, outcome: Outcome) -> Iterator[Finding]:
        judge = self.space.judge(answer)
        verdict = judge.verdict(body)
        if not answer.is_success:
            wrong_class = list(self._judge_status(answer, outcome))
            yield from wrong_class
            if not wrong_class and isinstance(outcome, Raised):
                yield from self._judge_error_body(answer, body, verdict, outcome.error)
            return
        where = f"{answer.operation.name} -> {answer.name}"
        if isinstance(outcome, Returned):
            if verdict is Verdict.INVALID:
                yield Finding(
                    where, "answer.accepted-invalid", f"InvalidResponseError: {judge.why(body)}", str(outcome)
                )
            elif difference := first_difference(body, self.package.to_jsonable(outcome.value)):
                yield Finding(where, "answer.altered", "a result that dumps to the same JSON", difference)
        elif verdict is Verdict.VALID or not isinstance(outcome.error, self.package.error("InvalidResponseError")):
            expected = "a result" if verdict is Verdict.VALID else f"InvalidResponseError: {judge.why(body)}"
            yield Finding(
                where,
                "answer.refused-valid" if verdict is Verdict.VALID else "answer.error",
                expected,
                str(outcome),
            )

    def _judge_status(self, answer: DocumentedResponse, outcome: Outcome) -> Iterator[Finding]:
        where = f"{answer.operation.name} -> {answer.name}"
        kind = status_error(self.package, answer.status, documented=True)
        if not isinstance(outcome, Raised) or not isinstance(outcome.error, kind):
            yield Finding(where, "answer.status", kind.__name__, str(outcome))
        elif (status := getattr(outcome.error, "status_code", None)) != answer.status:
            yield Finding(where, "answer.status", f"status_code {answer.status}", repr(status))
        elif isinstance(outcome.error, self.package.error("UnexpectedStatusError")):
            yield Finding(where, "answer.status", "a documented status", "UnexpectedStatusError")

    def _judge_error_body(
        self, answer: DocumentedResponse, body: Json, verdict: Verdict, error: BaseException
    ) -> Iterator[Finding]:
        where = f"{answer.operation.name} -> {answer.name}"
        typed, reason = getattr(error, "body", None), getattr(error, "body_error", None)
        if reason is not None:
            if verdict is Verdict.VALID:
                yield Finding(where, "answer.refused-valid", "a typed body", f"body_error {reason!r}")
            elif typed is not None or not isinstance(reason, self.package.error("ResponseError")):
                yield Finding(
                    where,
                    "answer.error",
                    "body None and a ResponseError as body_error",
                    f"{typed!r}, {reason!r}",
                )
        elif verdict is Verdict.INVALID:
            why = self.space.judge(answer).why(body)
            yield Finding(where, "answer.accepted-invalid", f"body None and a body_error: {why}", f"body {typed!r}")
        elif difference := first_difference(body, self.package.to_jsonable(typed)):
            yield Finding(where, "answer.altered", "a body that dumps to the same JSON", difference)


def _steps(body: Json) -> Iterator[str]:
    for path in leaves(body):
        if path:
            yield write(removed(body, path))
        yield write(replaced(body, path, None))
        for value in (*near(at(body, path)), *awkward(at(body, path))):
            yield write(replaced(body, path, value))


def _responder(answer: DocumentedResponse, content: bytes) -> Responder:
    headers = {} if answer.media_type is None else {"content-type": answer.media_type}

    def respond(request: httpx2.Request) -> httpx2.Response:
        stream = httpx2.ByteStream(content)
        return httpx2.Response(answer.status, headers=headers, stream=stream, request=request)

    return respond


def _shortened(text: str) -> str:
    return text if len(text) <= 400 else text[:397] + "..."
