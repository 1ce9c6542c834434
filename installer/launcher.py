"""Start of the bundled program, where no `python -m` exists.

The program starts the practice market as `<interpreter> -m jdy_desktop.sandbox …`; in a bundle the interpreter is this
very file, so it answers to that as well.
"""

from __future__ import annotations

import runpy
import sys

if __name__ == "__main__":
    if sys.argv[1:3] == ["-m", "jdy_desktop.sandbox"]:
        del sys.argv[1:3]
        runpy.run_module("jdy_desktop.sandbox", run_name="__main__", alter_sys=False)
    else:
        from jdy_desktop.__main__ import main

        sys.exit(main())
