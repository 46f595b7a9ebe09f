"""Make a command that asks questions run without asking."""

from __future__ import annotations

import re

from smile.regex import regex

__all__ = ["unattended"]

# Each option stands in the manual of its program.
_WAYS: tuple[tuple[str, str], ...] = (
    (
        r"\b(apt(?:-get)?|dnf|yum|microdnf)((?:\s+-\S+)*)\s+(install|\w*-?upgrade|remove|purge)\b",
        r"\1\2 \3 -y",
    ),
    (r"\bzypper\s+(install|in|update|up)\b", r"zypper --non-interactive \1"),
    (r"\bpacman\s+(-S\w*)", r"pacman \1 --noconfirm"),
    (r"\b(npm|yarn) init(?=\s*(?:$|&&|;))", r"\1 init -y"),
    (r"\bnpx\s+(?!-)", r"npx --yes "),
    (r"\b(pip3?)\s+uninstall\b", r"\1 uninstall -y"),
    (r"\b(conda|mamba)\s+(install|create|remove|update)\b", r"\1 \2 -y"),
    (r"\b(manage\.py)\s+(collectstatic|flush)\b", r"\1 \2 --noinput"),
    (r"\bterraform\s+(apply|destroy)\b", r"terraform \1 -auto-approve"),
    (
        r"\bdocker\s+(system|image|container|volume|network|builder)\s+prune\b",
        r"docker \1 prune -f",
    ),
    (r"(sh\.rustup\.rs[^|]*\|\s*(?:ba)?sh)\s*$", r"\1 -s -- -y"),
)
_ALREADY = regex(
    r"\s(?:-[a-z]*y[a-z]*|--yes|--assume-yes|--noconfirm|--noinput|--force|-f|-auto-approve"
    r"|--non-interactive)\b"
)
_CONFIRMS = regex(
    r"\[?y(?:es)?\s*/\s*n(?:o)?\]?|proceed|continue\?|are you sure|is this ok", re.IGNORECASE
)


def unattended(command: str, questions: tuple[str, ...]) -> str:
    """The command with the option that answers its questions; empty when none is known.

    A way for ``npx`` answers only whether to install a package, not what that package asks.
    """
    if _ALREADY.search(command):
        return ""
    for pattern, instead in _WAYS:
        changed = re.sub(pattern, instead, command, count=1, flags=re.MULTILINE)
        if changed != command:
            only_confirms = all(_CONFIRMS.search(question) for question in questions)
            return changed if only_confirms or "npx" not in instead else ""
    return ""
