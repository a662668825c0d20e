"""`python -m pmagent` and the `pmagent` command: the quickest way to the right front end."""

from __future__ import annotations

import os
import sys

from pmagent import __version__


def main() -> None:
    """Run the command line, or the terminal application where no command is given; then exit.

    The version is told before anything is imported, and the application paints before the command
    line's own library would be there.
    """
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"pmagent {__version__}\n")
        return
    # One question's products are too small for two threads, and waiting threads burn both cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from pmagent.cli.doors import run_application, run_command  # noqa: PLC0415 - see above

    if arguments:
        sys.exit(run_command(arguments))
    # Late, as above; and it is little.
    from pmagent.plain.choice import why_plain  # noqa: PLC0415

    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if why_plain(os.environ, is_terminal=is_terminal):
        sys.exit(run_command(["--plain"]))
    if is_terminal:
        sys.exit(run_application())
    sys.exit(run_command(arguments))


if __name__ == "__main__":
    main()
