"""The `velo` command, and `python -m velo`: what Ctrl-C meets before there is a command line."""

from __future__ import annotations

import signal

from velo.cores import wait_passively


def main() -> None:
    """Import the command line and run it.

    While it is imported nothing is written yet, so Ctrl-C may simply end the process, as it ends a
    program that has no word to say of it. Where SIGINT is ignored (`nohup`), it stays so.
    """
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    wait_passively()
    from velo import cli

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


if __name__ == "__main__":
    main()
