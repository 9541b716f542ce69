"""Who may ask, and how much: checked before a request is read.

A page of somebody else's in the same browser can send requests here, and a name of theirs can be made to point here
(DNS rebinding). So the name in `Host` must be an address or this machine's own name for itself, which no stranger can
own; the page in `Origin` must be ours; and bodies must be of a type that other pages cannot send without asking.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 512 * 1024
"""Bytes of a request."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode("ascii")),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """Refuses what does not come from the page itself, and adds the headers that keep others out."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._host = host.lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer what is wrong with it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
            await send(message)

        refusal = self._refusal(Request(scope))
        await (refusal if refusal is not None else self._app)(scope, receive, sealed)

    def _refusal(self, request: Request) -> Response | None:
        headers = request.headers
        if len(headers.getlist("host")) != 1 or not self._is_ours(headers["host"]):
            return _refused(421, "This name is not one of this server's.")
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{headers['host'].lower()}":
            return _refused(403, "Other pages may not ask.")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return _refused(403, "Other pages may not ask.")
        if request.method in ("GET", "HEAD"):
            return None
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return _refused(415, "The body has to be JSON.")
        if not headers.get("content-length", "0").isdecimal() or int(headers.get("content-length", "0")) > LARGEST_BODY:
            return _refused(413, f"A request may have {LARGEST_BODY} bytes.")
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether a `Host` is an address, localhost, or the name that the server was started with."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
            urlsplit(f"//{host}").port  # noqa: B018  # raises where it is no number
        except ValueError:
            return False
        return name in ("localhost", self._host) or _is_reached(name, self._host)


def _is_reached(name: str, bound: str) -> bool:
    """Whether a name is an address under which the server can be reached: a loopback one, unless it listens to all."""
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or not is_loopback(bound)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a host."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(status: int, words: str) -> Response:
    return PlainTextResponse(f"{words}\n", status)
