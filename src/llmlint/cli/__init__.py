"""The command line. Plain lint runs take the short way here; everything else goes to the typer application."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """The console script: run, flush, and leave without tearing the interpreter down piece by piece."""
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = 141  # what a shell reports for a program whose reader went away
    os._exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one run; the one boundary at which exceptions become codes."""
    from llmlint.cli.options import parse

    try:
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


def _internal_error(error: Exception) -> int:
    import traceback

    if os.environ.get("LLMLINT_TRACEBACK"):
        traceback.print_exc()
    where = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(
        f"llmlint: internal error: {type(error).__name__}: {error} ({os.path.basename(where.filename)}:{where.lineno})\n"
        "This is a fault of llmlint, not of your files. Please report it; LLMLINT_TRACEBACK=1 shows the whole story.\n"
    )
    return 2
