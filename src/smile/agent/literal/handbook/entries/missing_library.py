"""A compiler, linker, header or library that building needs and that no step installs."""

from __future__ import annotations

from smile.agent.literal.handbook import install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs, paste
from smile.agent.literal.handbook.tables.libraries import PACKAGES
from smile.wire import GapKind

_NAMED = (
    # patterns whose group is a header, a pkg-config module or a library
    (r"fatal error: ([\w./+-]+): No such file or directory", "{}"),
    (r"fatal error: '([\w./+-]+)' file not found", "{}"),
    (r"[Dd]ependency \"?([\w.+-]+)\"? not found", "{}"),
    (r"No package '([\w.+-]+)' found", "{}"),
    (r"Package '?([\w.+-]+)'?,? (?:was not found|required by)", "{}"),
    (r"[Pp]ackage ([\w.+-]+) was not found in the pkg-config", "{}"),
    (r"cannot find -l([\w.+-]+)", "-l{}"),
    (r"cannot find (\w*crt1\.o)", "{}"),
    (r"(pg_config|mysql_config)(?: executable)?:? not found", "{}"),
)
_TOOLS = (
    # what build systems say of a tool that is missing, its name, its packages
    (r"linker `(?:cc|gcc)` not found|failed to find tool \"cc\"",
     "a C compiler", "gcc libc6-dev"),
    (r"Unknown compiler\(s\): \[\['?cc|No CMAKE_C_COMPILER could be found|no acceptable C compiler",
     "a C compiler", "gcc libc6-dev"),
    (r"Unknown compiler\(s\): \[\['?c\+\+|No CMAKE_CXX_COMPILER could be found", "a C++ compiler",
     "g++"),
    (r"cannot execute [‘'`]cc1plus|error trying to exec 'cc1plus'", "a C++ compiler", "g++"),  # noqa: RUF001
    ((r"Could not (?:detect|find) [Nn]inja|unable to find a build program [^\n]*\"Ninja\"|"
     r"Unable to find \"?Ninja"), "Ninja", "ninja-build"),
    (r"CMake was unable to find a build program corresponding to \"Unix Makefiles\"", "make",
     "make"),
    ((r"Found [Pp]kg-[Cc]onfig: NO|Pkg-config (?:binary )?.*not found|Did not find pkg-config|"
     r"Could NOT find PkgConfig"), "pkg-config", "pkg-config"),
    (r"command '(?:\S*-)?(?:gcc|cc)' failed: No such file|gcc: No such file", "a C compiler",
     "build-essential python3-dev"),
    (r"can't find Rust compiler|Rust toolchain .*not found", "a Rust compiler", "rustc cargo"),
    (r"gyp ERR! find Python|gyp ERR! stack Error: not found: make",
     "what native modules are built with", "python3 make g++"),
    ((r"certificate verification failed\. CAfile: none|problem with the SSL CA cert|"
     r"unable to get local issuer certificate"), "the certificates of public authorities",
     "ca-certificates"),
    (r"gnupg, gnupg2 and gnupg1 do not seem to be installed", "GnuPG", "gnupg"),
)  # fmt: skip


def diagnose(case: Case) -> Advice | None:
    """A build stops for lack of something that a package of the distribution brings."""
    for pattern, form in _NAMED:
        if (match := case.search(pattern)) is not None:
            packages = PACKAGES.get(form.format(match[1]))
            if packages is not None:
                extra = ["pkg-config"] if _by_pkg_config(case, pattern) else []
                return _advice(case, f"`{match[1]}`", [packages, *extra])
    for pattern, what, listed in _TOOLS:
        if case.search(pattern):
            return _advice(case, what, listed.split())
    return None


def _by_pkg_config(case: Case, pattern: str) -> bool:
    return "ackage" in pattern or "ependency" in pattern or "pkg-config" in case.output


def _advice(case: Case, what: str, listed: list[str]) -> Advice:
    recipe = install.system(case, listed)
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title=f"{what[0].upper()}{what[1:]} is not installed",
        problem=f"{needs(case)} needs {what}, which no earlier step installs.",
        fix=paste(case, "Install this first:", *recipe.shown),
        remedy=before(case, *recipe.typed),
    )
