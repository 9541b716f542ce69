"""The server: who may ask, how much, and what is answered; by Starlette's own test client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

pytest.importorskip("starlette", reason="the web extra is not installed: pip install 'llmlint[web]'")

from starlette.testclient import TestClient

from llmlint.web import answers, workers
from llmlint.web.application import ASKED, LONGEST_TEXT, PAGES, application
from llmlint.web.guard import LARGEST_BODY
from llmlint.web.workers import Bounds

from ..cli.command import BAD
from ..hostile_files import hostile_files

TEXT = BAD.read_text(encoding="utf-8")
HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(bounds=Bounds(workers=1, seconds=60)), base_url=HERE) as found:
        yield found


def test_an_answer_is_what_the_lint_says(client: TestClient) -> None:
    response = client.post("/api/check", json={"text": TEXT})
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(answers.check(TEXT)))


def test_every_question_is_answered(client: TestClient) -> None:
    given = {"text": TEXT, "words": "aws g6", "machine": "aws/g6.xlarge"}
    assert set(ASKED) == set(answers.KINDS)
    for kind, names in ASKED.items():
        assert names == answers.KINDS[kind][1]
        response = client.post(f"/api/{kind}", json={name: given[name] for name in names})
        assert response.status_code == 200, kind
        assert response.json()


@pytest.mark.parametrize("path", [*PAGES, "/style.css"])
def test_pages_and_their_headers(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"cookie": "a=b"})
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    for name, value in (("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
                        ("cross-origin-resource-policy", "same-origin"), ("cache-control", "no-store")):  # fmt: skip
        assert response.headers[name] == value
    assert "set-cookie" not in response.headers
    assert "server" not in response.headers
    assert "access-control-allow-origin" not in response.headers


def test_pages_name_nothing_elsewhere(client: TestClient) -> None:
    for path in PAGES:
        text = client.get(path).text.replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text, path
        assert "https:" not in text, path
        assert "<script>" not in text, path
        assert " style=" not in text, path


@pytest.mark.parametrize("path", ["/nothing", "/../pyproject.toml", "/static/index.html", "/%2e%2e/etc/passwd", "/api"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200), ("localhost:8000", 200), ("LOCALHOST", 200), ("[::1]:8000", 200), ("127.8.8.8", 200),
        ("evil.example", 421), ("evil.example:8000", 421), ("127.0.0.1.evil.example", 421), ("192.168.0.7:8000", 421),
        ("localhost.evil.example", 421), ("localhost:x", 421), ("", 421), ("[", 421), ("user@127.0.0.1.nip.io", 421),
        ("0.0.0.0", 421), ("169.254.169.254", 421),
    ],
)  # fmt: skip
def test_names_that_strangers_can_own_are_refused(client: TestClient, host: str, status: int) -> None:
    assert client.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("bound", "host", "status"),
    [("0.0.0.0", "192.168.0.7:8000", 200), ("0.0.0.0", "evil.example", 421), ("box.lan", "box.lan:8000", 200)],
)
def test_names_of_a_server_for_others(bound: str, host: str, status: int) -> None:
    client = TestClient(application(bound), base_url=HERE)  # no lifespan, no workers
    assert client.get("/", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"}, {"origin": "null"}, {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:9000"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    ],
)  # fmt: skip
def test_other_pages_may_not_ask(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/check", json={"text": TEXT}, headers=headers).status_code == 403
    assert client.get("/", headers=headers).status_code == 403


def test_our_own_page_may(client: TestClient) -> None:
    headers = {"origin": HERE, "sec-fetch-site": "same-origin"}
    assert client.post("/api/machines", json={"words": "g6"}, headers=headers).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_bodies_that_other_pages_can_send_are_refused(client: TestClient, kind: str) -> None:
    response = client.post("/api/check", content=json.dumps({"text": TEXT}), headers={"content-type": kind})
    assert response.status_code == 415


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"1", b"{}", b'{"text": 1}', b'{"text": "", "file": "/etc/passwd"}', b'{"path": "x"}',
             b"[" * 100_000, b"\xff\xfe", b'{"text": {"a": "b"}}'],
)  # fmt: skip
def test_bodies_that_are_none(client: TestClient, body: bytes) -> None:
    response = client.post("/api/check", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"]


def test_bodies_that_are_too_large(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    declared = client.post("/api/check", content=b" " * (LARGEST_BODY + 1), headers=headers)
    assert declared.status_code == 413
    endless = client.post("/api/check", content=(b" " * 65536 for _ in range(1000)), headers=headers)
    assert endless.status_code == 413
    forged = client.post("/api/check", content=b"{}", headers={**headers, "content-length": "-1"})
    assert forged.status_code == 413
    text = client.post("/api/check", json={"text": "#" * (LONGEST_TEXT + 1)})
    assert text.status_code == 413
    assert client.post("/api/check", json={"text": "#" * LONGEST_TEXT}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET"])
def test_other_methods(client: TestClient, method: str) -> None:
    response = client.request(method, "/api/check", headers={"content-type": "application/json"})
    assert response.status_code == 405


def test_unknown_questions(client: TestClient) -> None:
    assert client.post("/api/files", json={"text": ""}).status_code == 404


A_HUNDRED = "---\n".join(["model: meta-llama/Llama-3.1-70B-Instruct\nengine: vllm\nmachine: {gpus: L4}\n"] * 100)
MISSPELT = "model: a/b\nmachine: {gpus: [" + ", ".join(f"{{name: RTX {number}x}}" for number in range(900)) + "]}\n"
HOSTILE = {name: data.decode("utf-8", "replace") for name, data in hostile_files(giants=False).items()}
HOSTILE |= {"hundred": A_HUNDRED, "misspelt": MISSPELT, "surrogate": 'model: "\ud800"\n', "brackets": "[" * 100_000}
HOSTILE = {name: text for name, text in HOSTILE.items() if len(text) <= LONGEST_TEXT}


def test_a_text_that_takes_too_long_is_given_up_and_the_next_is_answered() -> None:
    """A search in a hundred deployments, none of which fits, tries hundreds of changes in each."""
    with TestClient(application(bounds=Bounds(workers=1, seconds=1)), base_url=HERE) as client:
        response = client.post("/api/suggest", json={"text": A_HUNDRED})
        assert response.status_code == 504
        assert response.json() == {"error": "The answer took longer than 1 s, and was given up."}
        assert client.post("/api/machines", json={"words": "g6"}).status_code == 200


def test_an_answer_that_the_end_cuts_off_is_told_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancelled(self: workers.Workers, kind: str, **texts: str) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(workers.Workers, "ask", cancelled)
    response = client.post("/api/check", json={"text": TEXT})
    assert (response.status_code, response.json()) == (503, {"error": "The playground has been ended."})


def test_a_worker_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_worker() -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(workers, "_started", no_worker)
    with TestClient(application(), base_url=HERE) as client:
        response = client.post("/api/check", json={"text": TEXT})
    assert response.status_code == 500
    assert "no worker could be started" in response.json()["error"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_answered_and_the_server_lives(client: TestClient, name: str) -> None:
    body = json.dumps({"text": HOSTILE[name]})
    for kind in ("check", "fits"):
        response = client.post(f"/api/{kind}", content=body, headers={"content-type": "application/json"})
        assert response.status_code == 200, response.text
    assert client.post("/api/machines", json={"words": "g6"}).status_code == 200
