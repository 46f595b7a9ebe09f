"""Starts the wrapper without the variables that PyInstaller's bootloader needs for itself.

They would reach the learner's shell, and with LD_LIBRARY_PATH our libraries would, too.
"""
# ruff: noqa: INP001 - no module of SMILE but a script that is sent into the build of an image

import os


def clean() -> None:
    """Put the environment back to what it was before the bootloader."""
    for name in [name for name in os.environ if name.startswith("_PYI_")]:
        del os.environ[name]
    original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if original:
        os.environ["LD_LIBRARY_PATH"] = original


if __name__ == "__main__":
    clean()
    from smile.agent.__main__ import main

    main()
