"""Run by PyInstaller before the wrapper: takes away what its bootloader put into the environment.

It would reach the learner's shell, and with LD_LIBRARY_PATH our libraries would, too.
"""
# ruff: noqa: INP001 - no module of SMILE but a script that is sent into the build of an image

import os

for name in [name for name in os.environ if name.startswith("_PYI_")]:
    del os.environ[name]
original = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
os.environ.pop("LD_LIBRARY_PATH", None)
if original:
    os.environ["LD_LIBRARY_PATH"] = original
