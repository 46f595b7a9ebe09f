"""What is sent to an engine to build an image: the recipes of ``docker/``, and what they need."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import smile
from smile.sandbox.base import Network, SandboxError
from smile.sandbox.container import archive
from smile.sandbox.network import NO_PROXY, variables

DEBIAN = "debian:bookworm-slim"
"""What images are made from unless another one is named; the runtime always is."""

COMMON = (
    *("sudo", "ca-certificates", "curl", "git", "build-essential"),
    *("python3", "python3-venv", "python3-pip", "nodejs", "npm"),
    *("golang-go", "rustc", "cargo", "default-jdk-headless"),
)
"""The common language runtimes; a tutorial that forgets to name one is not found out here."""
BARE = ("sudo",)
"""Tutorials say ``sudo`` everywhere; whatever else stood here would hide gaps."""

WRAPPER = ("__init__.py", "errors.py", "regex.py", "cuts.py", "wire", "tutorial", "agent")
"""The parts of SMILE that run inside."""

_PROXIES = frozenset({"http_proxy", "https_proxy", "no_proxy"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """``files`` are the context of the build, ``arguments`` the values of its ``ARG``s."""

    kind: str
    tag: str
    base: str
    files: dict[str, bytes]
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Changes with whatever goes into the image, but for the packages of base and sources."""
        digest = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            digest.update(f"{path} {len(content)}\n".encode() + content)
        digest.update(repr(sorted(self.arguments.items())).encode())
        return digest.hexdigest()

    def context(self, network: Network, sources: dict[str, bytes]) -> bytes:
        """A tar archive; ``sources`` are what ``host_sources`` found."""
        files = self.files | sources
        if network.ca_bundle:
            files["network/ca.pem"] = network.ca_bundle.read_bytes()
        return archive(files, now=0, folders=("network",))

    def given(self, network: Network) -> dict[str, str]:
        """The arguments of the build. Builders leave those of proxies out of the image."""
        ways = variables(network.proxy, "", NO_PROXY)
        proxies = {name: value for name, value in ways.items() if name.lower() in _PROXIES}
        return {"BASE": self.base, **self.arguments, **proxies}


@cache
def runtime() -> Recipe:
    """What runs inside every machine; its tag tells the very source and recipe that went in."""
    files = _files("runtime") | {"requirements.txt": _requirements().encode()} | dict(_source())
    untagged = Recipe("runtime", "", DEBIAN, files)
    return replace(untagged, tag=f"smile-runtime:{smile.__version__}-{untagged.digest[:12]}")


@cache
def agents() -> Recipe:
    """The runtime, and the programs of model providers; its tag tells what went in, too."""
    arguments = {"RUNTIME": runtime().tag}
    untagged = Recipe("agents", "", DEBIAN, _files("agents"), arguments)
    return replace(untagged, tag=f"smile-agents:{smile.__version__}-{untagged.digest[:12]}")


def learner(kind: str, tag: str, base: str, packages: tuple[str, ...]) -> Recipe:
    """A machine for a newcomer, with these Debian packages added to its base."""
    return Recipe(kind, tag, base, _files("base"), {"PACKAGES": " ".join(packages)})


def _files(name: str) -> dict[str, bytes]:
    home = _home()
    paths = (*sorted((home / name).iterdir()), home / "network.sh")
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def _home() -> Path:
    """Where the recipes are: in the installed package, or in the repository it is run from."""
    package = Path(smile.__file__).parent
    for place in (package / "docker", package.parent.parent / "docker"):
        if (place / "runtime/Dockerfile").is_file():
            return place
    raise SandboxError("SMILE's recipes for images are missing", "install SMILE again")


def _source() -> Iterator[tuple[str, bytes]]:
    root = Path(smile.__file__).parent
    for name in WRAPPER:
        part = root / name
        for path in sorted(part.rglob("*")) if part.is_dir() else (part,):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"source/smile/{path.relative_to(root).as_posix()}", path.read_bytes()


def _requirements() -> str:
    # The wrapper is to behave as it does here: the same versions as this SMILE runs with.
    same = [
        f"{name}=={importlib.metadata.version(name)}" for name in ("pydantic", "markdown-it-py")
    ]
    return "\n".join([*same, ""])
