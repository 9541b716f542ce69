"""The server's pages and questions. Nothing is kept between requests: no sessions, no cookies, no logs of texts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from llmlint.reports.html.page import stylesheet
from llmlint.web.guard import LARGEST_BODY, Guard
from llmlint.web.workers import Bounds, Failed, TooBusy, TooSlow, Workers

STATIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")
SECONDS_TO_ARRIVE = 10.0
"""For the whole of a request's body."""
LONGEST_TEXT = 256 * 1024
"""Characters of a text."""
ASKED = {
    "check": ("text",),
    "suggest": ("text",),
    "fits": ("text",),
    "machines": ("words",),
    "move": ("text", "machine"),
}
"""What can be asked, and the texts that it takes (`answers.KINDS`)."""
PAGES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/playground.css": ("playground.css", "text/css; charset=utf-8"),
    "/playground.js": ("playground.js", "text/javascript; charset=utf-8"),
    "/editor.js": ("editor.js", "text/javascript; charset=utf-8"),
    "/share.js": ("share.js", "text/javascript; charset=utf-8"),
    "/picker.js": ("picker.js", "text/javascript; charset=utf-8"),
    "/asking.js": ("asking.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


USUAL = Bounds()


class Unfit(Exception):
    """A request that cannot be answered: its status, and why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def application(host: str = "127.0.0.1", bounds: Bounds = USUAL) -> Starlette:
    """The server; `host` is what it listens on."""
    workers = Workers(bounds)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await workers.prepare()
        yield
        await workers.end()

    async def answer(request: Request) -> Response:
        try:
            kind = request.path_params["kind"]
            return JSONResponse(await workers.ask(kind, **await _texts(request, kind)))
        except Unfit as problem:
            return _told(problem.status, str(problem))
        except TooBusy:
            return _told(503, "Too many requests at once; try again in a moment.", {"retry-after": "1"})
        except TooSlow:
            return _told(504, f"The answer took longer than {bounds.seconds:g} s, and was given up.")
        except asyncio.CancelledError:  # by Ctrl-C, once uvicorn has waited; passed on, it would print where it was
            return _told(503, "The playground has been ended.")
        except Failed as problem:
            return _told(500, f"A fault of llmlint's ({problem}); please report it with the text.")

    routes = [Route("/api/{kind}", answer, methods=["POST"]), Route("/style.css", _style)]
    routes += [Route(path, _page) for path in PAGES]
    return Starlette(routes=routes, middleware=[Middleware(Guard, host=host)], lifespan=lifespan)


def _told(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": words}, status, headers)


async def _texts(request: Request, kind: str) -> dict[str, str]:
    """What is asked about; raises `Unfit`."""
    if kind not in ASKED:
        raise Unfit(404, "There is no such question.")
    try:
        given = json.loads(await _body(request))
    except (ValueError, RecursionError):
        raise Unfit(400, "The body is not JSON.") from None
    if not isinstance(given, dict) or set(given) != set(ASKED[kind]):
        raise Unfit(400, f"The body has to be an object of {', '.join(ASKED[kind])}.")
    if not all(isinstance(text, str) for text in given.values()):
        raise Unfit(400, "Each of them has to be a text.")
    if any(len(text) > LONGEST_TEXT for text in given.values()):
        raise Unfit(413, f"A text may have {LONGEST_TEXT} characters.")
    return given


async def _body(request: Request) -> bytes:
    """The body, which may turn out longer than it says."""
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS_TO_ARRIVE):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BODY:
                    raise Unfit(413, f"A request may have {LARGEST_BODY} bytes.")
    except TimeoutError:
        raise Unfit(408, "The request took too long to arrive.") from None
    except ClientDisconnect:
        raise Unfit(400, "The request broke off.") from None
    return bytes(body)


async def _page(request: Request) -> Response:
    name, kind = PAGES[request.url.path]
    with open(os.path.join(STATIC, name), encoding="utf-8") as file:
        return Response(file.read(), media_type=kind)


async def _style(request: Request) -> Response:
    return Response(stylesheet(), media_type="text/css; charset=utf-8")
