"""Run in the build: puts this interpreter below /opt/smile/agent, with all that it needs.

It gets its own C library and dynamic loader, too. So it starts in any image for the same processor:
one with an older glibc, with musl, or with no C library at all.
"""
# ruff: noqa: INP001 - no module of SMILE but a script that is sent into the build of an image

from __future__ import annotations

import compileall
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path("/opt/smile/agent")
UNNEEDED = (
    *("test", "idlelib", "tkinter", "turtledemo", "lib2to3", "distutils", "ensurepip", "venv"),
    *("pydoc_data", "sqlite3", "curses", "dbm", "__pycache__", "sitecustomize.py", "config-*"),
    *("_sqlite3*", "_curses*", "_dbm*", "_gdbm*", "_tkinter*", "readline*", "nis.*"),
    *("ossaudiodev*", "_test*", "_ctypes_test*", "xx*", "_xx*"),
)
"""Parts of the standard library that the wrapper never imports."""


def main() -> None:
    """Gather interpreter, standard library and C libraries; compile what is Python."""
    executable = Path(sys.executable).resolve()
    standard = Path(sysconfig.get_path("stdlib"))
    ignore = shutil.ignore_patterns(*UNNEEDED)
    shutil.copytree(standard, ROOT / "lib" / standard.name, ignore=ignore)
    (ROOT / "bin").mkdir()
    shutil.copy2(executable, ROOT / "bin/smile-agent")
    loaded = libraries([executable, *ROOT.rglob("*.so")])
    for library in loaded:
        shutil.copy2(library, ROOT / "lib" / library.name)
    loader = next(library.name for library in loaded if library.name.startswith("ld-"))
    (ROOT / "lib/loader").symlink_to(loader)
    # Nobody can write to the tree where it is used, and copies may have other times.
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(ROOT, maxlevels=20, quiet=1, invalidation_mode=unchecked):
        sys.exit("the wrapper could not be compiled")


def libraries(objects: list[Path]) -> list[Path]:
    """The loader and the C libraries that these files load, each once."""
    said = subprocess.run(["ldd", *objects], capture_output=True, text=True, check=True).stdout
    # `libz.so.1 => /lib/libz.so.1 (0x…)`, and for the loader `/lib64/ld-linux.so.2 (0x…)`
    found = re.findall(r"^\s+(?:\S+ => )?(/\S+) \(0x", said, re.MULTILINE)
    return list({Path(path).name: Path(path) for path in found}.values())


main()
