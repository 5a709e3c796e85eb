"""The process of the command line: `paramcalc`, or `python -m paramcalc`.

Knows: how the process begins and ends. Must not know: what is asked for. Nobody imports this.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn


INTERRUPTED = 130
"""The exit code after an interruption, as shells have it."""


def run() -> NoReturn:
    """Answers the command line of the process, which ends with it."""
    gc.disable()  # it would find nothing, even while the library is loaded: the process is over before there is any
    try:
        from paramcalc.command_line import main

        code = main()
    except KeyboardInterrupt:
        code = INTERRUPTED
    os._exit(code)  # all is written, and the memory need not be tidied up


if __name__ == "__main__":
    run()
