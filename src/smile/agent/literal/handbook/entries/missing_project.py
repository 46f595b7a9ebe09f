"""A command for a project that was never made: no pyproject.toml, package.json, repository."""

from __future__ import annotations

from smile.agent.literal.handbook import errors, install
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, needs, paste
from smile.wire import GapKind

_MADE_BY = {
    "pyproject.toml": ("a Python project", "uv init --bare"),
    "package.json": ("a Node.js project", "npm init -y"),
    ".git": ("a Git repository", "git init"),
    "Cargo.toml": ("a Cargo project", "cargo init"),
    "go.mod": ("a Go module", "go mod init example"),
    "mkdocs.yml": ("a MkDocs project", "mkdocs new ."),
    "tsconfig.json": ("a TypeScript project", "npx tsc --init"),
    "Gemfile": ("a Bundler project", "bundle init"),
}


def diagnose(case: Case) -> Advice | None:
    """A tool looks for its project file, which nothing in the tutorial makes."""
    wanted = errors.wanted_file(case)
    if wanted not in _MADE_BY or any(True for _ in case.makers(wanted)):
        return None
    what, command = _MADE_BY[wanted]
    if wanted == "pyproject.toml" and "uv" not in case.programs:
        return None
    recipe = install.Recipe("", (command,), (command,))
    if wanted == ".git" and "git" not in case.facts.tools and "git" not in case.programs:
        recipe = install.system(case, ["git"]).then(recipe)
    return Advice(
        kind=GapKind.MISSING_PREREQUISITE,
        title=f"There is no {what.split(' ', 1)[1]}",
        problem=f"{needs(case)} works only inside {what}, which no earlier step makes.",
        fix=paste(case, f"Make {what} first:", *recipe.shown),
        remedy=before(case, *recipe.typed),
    )
