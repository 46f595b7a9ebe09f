"""The tutorials that come with SMILE."""

from __future__ import annotations

import shutil
from pathlib import Path

import smile
from smile.errors import UsageError

__all__ = ["copied", "names"]

TUTORIAL = "tutorial.md"


def _home() -> Path | None:
    """Where they are: in the installed package, or in the repository that it is installed from."""
    package = Path(smile.__file__).parent
    places = (package / "examples", package.parent.parent / "examples")
    return next((place for place in places if any(place.glob(f"*/{TUTORIAL}"))), None)


def names() -> tuple[str, ...]:
    """The names that ``--example`` takes."""
    home = _home()
    return tuple(sorted(path.parent.name for path in home.glob(f"*/{TUTORIAL}"))) if home else ()


def copied(name: str, into: Path) -> Path:
    """The example's directory below ``into``: a copy to play with, made unless it is there."""
    home = _home()
    if home is None or name not in names():
        known = ", ".join(names()) or "none are installed"
        raise UsageError(f"there is no example {name}", f"take one of: {known}")
    target = into / f"smile-example-{name}"
    if not (target / TUTORIAL).exists():
        try:
            shutil.copytree(
                home / name,
                target,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("expected*.json", "smile-report.*", ".smile"),
            )
        except OSError as error:
            raise UsageError(
                f"the example can't be copied to {target}: {error.strerror}",
                "go to a directory where you may write",
            ) from error
    return target
