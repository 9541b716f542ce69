"""The command line. Plain lint runs take the short way here; everything else goes to the typer application."""

from __future__ import annotations

import os
import sys

from llmlint.document import extension

UNWRITABLE = frozenset({"ENOSPC", "EBADF", "EIO", "EDQUOT", "EFBIG"})
"""What only writing raises: files are read where their errors are known."""


def main() -> None:
    """The console script: run, flush, and leave without tearing the interpreter down piece by piece."""
    _open_closed_streams()
    extension.load()
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = 141  # what a shell reports for a program whose reader went away
    except OSError as error:
        code = _unwritable(error)
    try:  # noqa: SIM105 – contextlib would be imported for this alone
        sys.stderr.flush()
    except OSError:  # there is nowhere left to say it
        pass
    os._exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one run; the one boundary at which exceptions become codes."""
    try:
        from llmlint.cli.options import parse

        options = parse(arguments, os.environ)
        if options is None:
            from llmlint.cli.app import run_application

            return run_application(arguments)
        from llmlint.cli.check import check

        return check(options)
    except BrokenPipeError:
        return 141
    except KeyboardInterrupt:
        sys.stderr.write("llmlint: interrupted\n")
        return 130
    except Exception as error:  # the last line of defence: a bug of ours must not look like a finding
        return _internal_error(error)


def _open_closed_streams() -> None:
    """Give the streams that were closed at the start something to fail on, and let odd characters through.

    Without it the first file that is opened would get the number of standard output.
    """
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest free number, which is this one
    if sys.stdout is None:
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115  # for the whole run
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _unwritable(error: OSError) -> int:
    sys.stderr.write(f"llmlint: standard output: {(error.strerror or str(error)).lower()}\n")
    return 2


def _internal_error(error: Exception) -> int:
    import errno
    import traceback

    from llmlint.reports.printable import printable

    if isinstance(error, OSError) and errno.errorcode.get(error.errno or 0) in UNWRITABLE:
        return _unwritable(error)
    if os.environ.get("LLMLINT_TRACEBACK"):
        traceback.print_exc()
    where = traceback.extract_tb(error.__traceback__)[-1]
    what = printable(f"{type(error).__name__}: {error}")
    sys.stderr.write(
        f"llmlint: internal error: {what} ({os.path.basename(where.filename)}:{where.lineno})\n"
        "This is a fault of llmlint, not of your files. Please report it; LLMLINT_TRACEBACK=1 shows the whole story.\n"
    )
    return 2
