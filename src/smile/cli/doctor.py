"""``smile doctor``: what this machine can do, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smile import __version__, config
from smile.config import Config
from smile.errors import SandboxError
from smile.wiring import engines, providers

__all__ = ["main"]


class Mark(StrEnum):
    """How a check came out."""

    OK = "ok"
    MISSING = "missing"
    """Needed for something."""
    ABSENT = "-"
    """Not there, and not needed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it is, and what to do about it."""

    mark: Mark
    what: str
    how: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n{'':9}try: {self.hint}" if self.hint else ""
        return f"{self.mark:9}{self.what}: {self.how}{hint}"


def main(args: argparse.Namespace) -> int:
    """Print the checks; 0 when a run is possible, else 3."""
    file = Path(args.config) if args.config else None
    settings, warnings = config.load(file, {"container_image": args.image}, os.environ)
    checks = examine(settings, warnings)
    for check in checks:
        args.talk.result(str(check))
    if not possible(checks):
        args.talk.result("\nno run is possible on this machine: see what is missing above")
        return SandboxError.exit_code
    args.talk.result("\na run is possible: smile run tutorial.md")
    return 0


def examine(
    settings: Config, warnings: Iterable[str], *, seconds: float | None = None
) -> tuple[Check, ...]:
    """What this machine can do. Raises ``TimeoutError`` when it is not known in time."""
    looking = _sandboxes(settings.container_image)
    sandboxes = asyncio.run(asyncio.wait_for(looking, seconds))
    checks = (_python(), *sandboxes, *_providers(os.environ), _network(settings))
    return (*checks, *(Check(Mark.MISSING, "configuration", warning) for warning in warnings))


def possible(checks: Iterable[Check]) -> bool:
    """Whether a run is: it needs a sandbox, and the network as it was asked for."""
    marks = {check.what: check.mark for check in checks}
    usable = any(marks.get(what) is Mark.OK for what in ("local sandbox", "Docker"))
    return usable and marks["network"] is not Mark.MISSING


def _python() -> Check:
    return Check(Mark.OK, "SMILE", f"{__version__}, Python {platform.python_version()}")


async def _sandboxes(image: str) -> tuple[Check, ...]:
    why_not = await engines.local().why_not(image)
    if why_not:
        hint = "needs Linux, and the right to make user namespaces; or take Docker"
        local = Check(Mark.MISSING, "local sandbox", why_not, hint)
    else:
        local = Check(Mark.OK, "local sandbox", "Linux namespaces can be used, without a daemon")
    return (local, *await _docker(image))


async def _docker(image: str) -> tuple[Check, ...]:
    from smile.sandbox.images import list_images

    try:
        built = await list_images()
    except SandboxError as error:
        how = f"{error.message}{'; ' + error.hint if error.hint else ''}"
        return (Check(Mark.MISSING, "Docker", how, engines.INSTALL),)
    own = ", ".join(each.tag for each in built)
    answers = Check(Mark.OK, "Docker", f"answers; images of SMILE: {own or 'none yet'}")
    if why_not := await engines.docker().why_not(image):
        unusable = Check(Mark.MISSING, "Docker", f"answers, but no run can use it: {why_not}")
        return (unusable,)
    return (answers, Check(Mark.OK, "image", image))


def _providers(environ: Mapping[str, str]) -> Iterator[Check]:
    yield Check(Mark.OK, "provider literal", "needs no model")
    for name, model in providers.KNOWN.items():
        missing = model.missing(environ)
        there = f"missing here: {', '.join(missing)}" if missing else "its program and key are here"
        yield Check(Mark.ABSENT, f"provider {name}", f"not in this version; {there}")


def _network(settings: Config) -> Check:
    bundle, proxy = settings.network.ca_bundle, settings.network.proxy
    if bundle is not None and not bundle.is_file():
        hint = "correct network.caBundle, SSL_CERT_FILE or REQUESTS_CA_BUNDLE"
        return Check(Mark.MISSING, "network", f"the certificates {bundle} do not exist", hint)
    certificates = f"certificates {bundle}" if bundle else "no certificates of its own"
    return Check(Mark.OK, "network", f"{certificates}, {'a proxy' if proxy else 'no proxy'}")
