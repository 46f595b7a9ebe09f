"""Components of documentation sites that stand for a command, which their plugin fills in."""

from __future__ import annotations

from smile.tutorial.scan import Marker

__all__ = ["command"]

_NPM = {
    "add": "npm i",
    "create": "npm create",
    "dlx": "npx",
    "exec": "npx",
    "install": "npm install",
    "remove": "npm uninstall",
    "run": "npm run",
}
"""``type`` of Starlight's ``<PackageManagers>`` → what its tab for npm shows (its ``pkg.ts``)."""


def command(marker: Marker) -> str:
    """What the reader of the site sees in the tab for npm; empty when that is not known."""
    given = marker.attributes
    kind = given.get("type", "add")
    if marker.component != "PackageManagers" or kind not in _NPM:
        return ""
    dev = "-D" if given.get("dev", "false") != "false" and kind == "add" else ""
    words = (given.get("prefix", ""), _NPM[kind], dev, given.get("pkg", ""), given.get("args", ""))
    return " ".join(word for word in words if word)
