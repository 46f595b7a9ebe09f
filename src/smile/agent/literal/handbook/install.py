"""How a program, a Python package or a Node package gets onto the learner's machine.

A recipe has two forms: what the Student types (unattended), and what a writer would print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from smile.agent.literal.handbook import commandline
from smile.agent.literal.handbook.tables import npm, packages, pypi
from smile.tutorial.model import Command

if TYPE_CHECKING:  # it loads pydantic, which takes longer than to check a tutorial
    from smile.agent.literal.handbook.case import Case

VENV = "~/.venv"
_NODE_OF = {("debian", "11"): 12, ("debian", "12"): 18, ("ubuntu", "22.04"): 12}


@dataclass(frozen=True, slots=True)
class Recipe:
    """``package`` by its name; ``typed`` for the Student, ``shown`` for the tutorial."""

    package: str
    typed: tuple[str, ...]
    shown: tuple[str, ...]

    def then(self, other: Recipe) -> Recipe:
        """This recipe, and the other one after it."""
        return Recipe(other.package, self.typed + other.typed, self.shown + other.shown)


NOTHING = Recipe("", (), ())


def system(case: Case, names: Iterable[str]) -> Recipe:
    """Packages of the distribution; the lists are updated first unless that was done."""
    listed, root = " ".join(names), case.sudo
    if "apk" in case.facts.tools or case.facts.distribution == "alpine":
        typed = shown = (f"{root}apk add {listed}",)
        return Recipe(listed, typed, shown)
    if "dnf" in case.facts.tools:
        typed = shown = (f"{root}dnf install -y {listed}",)
        return Recipe(listed, typed, shown)
    update = () if lists_updated(case) else (f"{root}apt-get update",)
    quiet = (
        f"{root}env DEBIAN_FRONTEND=noninteractive" if root else "DEBIAN_FRONTEND=noninteractive"
    )
    # npm recommends a compiler and hundreds of megabytes more: minutes of every attempt.
    lean = "--no-install-recommends " if "npm" in listed.split() else ""
    return Recipe(
        listed,
        (*update, f"{quiet} apt-get install -y {lean}{listed}"),
        (*update, f"{root}apt-get install -y {listed}"),
    )


def lists_updated(case: Case) -> bool:
    """Whether package lists were fetched above the failing line."""
    done = [c.text for c in case.earlier]
    done += [
        c
        for n in case.notes
        if n.remedy is not None and n.remedy.line <= case.line
        for c in n.remedy.commands
    ]
    return any(re.search(r"\bapt(?:-get)? (?:-\S+ )*update\b", c) for c in done)


def in_environment(case: Case) -> bool:
    """Whether pip would install into an active virtual environment."""
    return bool(case.facts.variables.get("VIRTUAL_ENV"))


def environment(case: Case) -> Recipe:
    """A virtual environment that is active afterwards; nothing when one is active."""
    if in_environment(case):
        return NOTHING
    made = any(VENV in c and "-m venv" in c for c in case.remedied)
    create = Recipe(
        "",
        (f"python3 -m venv {VENV}", f". {VENV}/bin/activate"),
        ("python3 -m venv .venv", "source .venv/bin/activate"),
    )
    if made:
        return Recipe("", create.typed[1:], create.shown[1:])
    return system(case, ["python3-venv"]).then(create)


def python(case: Case, package: str) -> Recipe:
    """A package of the Python index, the way that this tutorial installs such packages."""
    with_uv = case.words[:2] == ("uv", "run") or _uses(case, r"^uv (?:add|init|sync)")
    if package != "uv" and with_uv:
        command = f"uv add {package}"
        if any(re.match(r"uv (?:run|add)\b", c.text) for c in (*case.earlier, *_own(case))):
            return Recipe(package, (command,), (command,))
    command = f"pip install {package}"
    return environment(case).then(Recipe(package, (command,), (command,)))


def _own(case: Case) -> tuple[Command, ...]:
    return tuple(c for c in case.commands if c.lines.first == case.line)


def _uses(case: Case, pattern: str) -> bool:
    return any(re.match(pattern, c.text) for c in case.commands)


def node(case: Case) -> Recipe:
    """Node.js with npm, as new as the text demands."""
    recipe = system(case, ["nodejs", "npm"])
    wanted = node_wanted(case)
    if wanted > node_of(case):
        return recipe.then(newer_node(case, wanted))
    return recipe


def newer_node(case: Case, wanted: int = 0) -> Recipe:
    """A newer Node.js through npm itself."""
    install = f"{case.sudo}npm install -g node@{max(wanted, 22)}"
    return Recipe("node", (install, "hash -r"), (install, "hash -r"))


def node_of(case: Case) -> int:
    """The major version of Node.js that this machine has, or that its distribution offers."""
    version = case.facts.versions.get("node", "").lstrip("v")
    if (match := re.match(r"\d+", version)) is not None:
        return int(match[0])
    return _NODE_OF.get((case.facts.distribution, case.facts.release), 18)


def node_wanted(case: Case) -> int:
    """The smallest major version of Node.js that the text asks for; 0 when it names none."""
    found = []
    for line in case.lines:
        if re.search(r"\bnode(?:\.?js)?\b", line, re.IGNORECASE):
            found += re.findall(r"(?:\bv|\^|>=\s*|≥\s*|@|[Nn]ode(?:\.js|JS)?\s+)(\d{2})\b", line)
    return min((int(n) for n in found if 10 <= int(n) <= 40), default=0)


def javascript(case: Case, package: str, *, everywhere: bool = False) -> Recipe:
    """A package of the Node registry, for the project or for the machine."""
    command = f"npm install {'-g ' if everywhere else ''}{package}"
    root = case.sudo if everywhere else ""
    recipe = Recipe(package, (root + command,), (root + command,))
    return recipe if "npm" in case.facts.tools else node(case).then(recipe)


def program(case: Case, name: str) -> Recipe | None:
    """How the program ``name`` gets installed; ``None`` when the handbook does not know it."""
    if name in {"pip", "pip3"}:
        recipe = environment(case)
        return None if recipe is NOTHING else Recipe("python3-venv", recipe.typed, recipe.shown)
    if name in {"node", "npm", "npx"}:
        return node(case)
    if (package := pypi.COMMANDS.get(name)) and (
        name not in packages.COMMANDS or _is_python_text(case)
    ):
        return python(case, package)
    if debian := packages.COMMANDS.get(name):
        return system(case, _for_distribution(case, debian).split())
    if package := npm.COMMANDS.get(name):
        return javascript(case, package, everywhere=True)
    return None


def _for_distribution(case: Case, debian: str) -> str:
    family = case.facts.distribution
    if "dnf" in case.facts.tools:
        family = "fedora"
    return packages.ELSEWHERE.get(family, {}).get(debian, debian)


def _is_python_text(case: Case) -> bool:
    return in_environment(case) or _uses(case, r"(?:\S*/)?(?:pip3?|uv|python3? -m (?:pip|venv))\b")


def known(name: str) -> bool:
    """Whether the handbook knows a program of this name."""
    return name in packages.COMMANDS or name in pypi.COMMANDS or name in npm.COMMANDS


def provider(name: str) -> frozenset[str]:
    """The packages, of any registry, that bring this program."""
    own = {name, PurePosixPath(name).name}
    own.update(packages.COMMANDS.get(name, "").split())
    own.update(t for t in (pypi.COMMANDS.get(name), npm.COMMANDS.get(name)) if t)
    return frozenset(commandline.unpinned(p).split("[")[0] for p in own)
