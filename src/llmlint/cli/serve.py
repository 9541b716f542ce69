"""`llmlint serve`: the playground, on this machine's own address until it is ended."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
from importlib.util import find_spec

from llmlint.cli.problems import tell

STOPPED = 0
NEEDED = ("starlette", "uvicorn")
INSTALL = "pip install 'llmlint[web]'"
MOST_CONNECTIONS = 64


def serve(host: str, port: int, *, allow_remote: bool, open_browser: bool) -> int:
    """Serve until Ctrl-C, which ends with 0; 2 where it cannot be begun."""
    if any(find_spec(name) is None for name in NEEDED):
        return tell(f"serve needs the web extra, which is not installed: {INSTALL}")
    from llmlint.web.guard import is_loopback

    if not is_loopback(host) and not allow_remote:
        return tell(
            f"--host {host}: others could reach the playground there; say --allow-remote if that is meant "
            "(there is no login, and texts travel unencrypted)"
        )
    try:
        listening = _listening(host, port)
    except OSError as problem:
        return tell(_why(problem, host, port))
    with listening:
        address = _address(host, listening.getsockname()[1])
        if not is_loopback(host):
            tell(
                f"warning: whoever reaches {host} can use this server; there is no login, and texts travel unencrypted"
            )
        sys.stdout.write(f"llmlint playground: {address} (Ctrl-C ends it)\n")
        sys.stdout.flush()
        if open_browser:
            import webbrowser

            webbrowser.open(address)
        return _run(host, listening)


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens; raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(MOST_CONNECTIONS)
    except BaseException:
        listening.close()
        raise
    return listening


def _why(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"port {port} is in use: name another with --port, or --port 0 for any that is free"
    if problem.errno == errno.EACCES:
        return f"port {port} is not for everyone: name one from 1024 on with --port"
    return f"cannot listen on {host}, port {port}: {(problem.strerror or str(problem)).lower()}"


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"


def _run(host: str, listening: socket.socket) -> int:
    import uvicorn

    from llmlint.web.application import application

    config = uvicorn.Config(
        application(host),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody stands between: what they say of the client is not to be believed
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=2,
        lifespan="on",
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn ends in order, and then raises it again
        uvicorn.Server(config).run(sockets=[listening])
    sys.stdout.write("llmlint playground: ended\n")
    return STOPPED
