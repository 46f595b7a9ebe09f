"""What our wrapper needs to run inside any machine: /opt/smile, shown read-only from the host.

The running interpreter, its standard library and packages, and the C libraries that they need
with their own dynamic loader, so that a root file system without Python, or with another C
library, can run it.
"""

from __future__ import annotations

import os
import re
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import smile
from smile.errors import SandboxError
from smile.sandbox.memory import remembered
from smile.sandbox.mounts import RUNTIME as ROOT

_LIBRARIES = f"{ROOT}/lib"
_PYTHON = f"{ROOT}/python"
_LOADER = re.compile(r"(^|/)ld-[^/ ]*\.so|(^|/)ld64\.so|(^|/)ld\.so")
_PACKAGES_WITH_LIBRARIES = ("pydantic_core",)
_UNNEEDED = re.compile(r"_tkinter|_test|_ctypes_test|xx|nis\.|ossaudiodev|_gdbm|_dbm|_curses")
"""Modules of the standard library that the wrapper never imports, with heavy libraries."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where things come from, and how the wrapper is started; its role is to be appended."""

    binds: tuple[tuple[str, str], ...]
    agent: tuple[str, ...]


def runtime() -> Runtime:
    """The runtime of this process' own interpreter and packages.

    Raises:
        SandboxError: the interpreter's libraries can't be found.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    executable = os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
    libraries = _libraries(executable)
    loader = next((path for path in libraries if _LOADER.search(path)), "")
    if not loader:
        raise SandboxError(f"the dynamic loader of {executable} can't be found")
    sites = tuple(_sites())
    binds = [
        (executable, f"{_PYTHON}/bin/{version}"),
        (sysconfig.get_path("stdlib", vars=_base()), f"{_PYTHON}/lib/{version}"),
        *((os.path.realpath(path), f"{_LIBRARIES}/{Path(path).name}") for path in libraries),
        *sites,
    ]
    paths = [target.removesuffix("/smile") for _, target in sites]
    program = f"import sys; sys.path[:0] = {paths!r}; from smile.agent.__main__ import main; main()"
    start = (f"{_LIBRARIES}/{Path(loader).name}", "--library-path", _LIBRARIES)
    return Runtime(
        tuple(binds), (*start, f"{_PYTHON}/bin/{version}", "-I", "-X", "utf8", "-c", program)
    )


def _base() -> dict[str, str]:
    """Variables of sysconfig that name the interpreter beneath a virtual environment."""
    return {"base": sys.base_prefix, "installed_base": sys.base_prefix}


def _sites() -> Iterator[tuple[str, str]]:
    """Directories of packages, and our own package where it stands elsewhere (editable)."""
    directories = [path for path in site.getsitepackages() if path in sys.path]
    if site.ENABLE_USER_SITE and site.getusersitepackages() in sys.path:
        directories.append(site.getusersitepackages())
    package = Path(smile.__file__).parent
    for number, directory in enumerate(directories):
        if Path(directory).is_dir():
            yield os.path.realpath(directory), f"{ROOT}/site/{number}"
    if str(package.parent) not in directories:
        yield str(package.resolve()), f"{ROOT}/site/own/smile"


def _libraries(executable: str) -> list[str]:
    """Absolute paths of the loader and the libraries, remembered between runs."""
    objects = [executable, *map(str, _extensions())]
    return remembered("libraries", objects, lambda: _ask_loader(objects))


def _extensions() -> Iterator[Path]:
    dynamic = Path(sysconfig.get_path("platstdlib", vars=_base() | _platform_base()))
    for path in sorted((dynamic / "lib-dynload").glob("*.so")):
        if not _UNNEEDED.match(path.name):
            yield path
    for name in _PACKAGES_WITH_LIBRARIES:
        for directory in sys.path:
            yield from sorted(Path(directory, name).glob("*.so"))


def _platform_base() -> dict[str, str]:
    return {"platbase": sys.base_prefix, "installed_platbase": sys.base_prefix}


def _ask_loader(objects: list[str]) -> list[str]:
    """What ldd says that these files load, the interpreter's first."""
    try:
        said = subprocess.run(
            ["ldd", *objects], capture_output=True, text=True, check=False, timeout=60
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"ldd can't tell what libraries Python needs ({error})") from error
    # `libz.so.1 => /lib/libz.so.1 (0x…)`, and for the loader `/lib64/ld-linux.so.2 (0x…)`
    found = re.findall(r"^\s+(?:\S+ => )?(/\S+) \(0x", said, re.MULTILINE)
    by_name = {Path(path).name: path for path in reversed(found)}
    return sorted(by_name.values())
