"""``import`` in a project whose .js files are CommonJS, or ``require`` in one of ES modules."""

from __future__ import annotations

from smile.agent.literal.handbook import errors
from smile.agent.literal.handbook.base import Advice
from smile.agent.literal.handbook.case import Case
from smile.agent.literal.handbook.style import before, paste
from smile.wire import GapKind

_ESM = (
    r"Cannot use import statement outside a module|Unexpected token 'export'|"
    r"set \"type\": \"module\" in the package\.json|await is only valid in async functions and the "
)
_CJS = r"(?:require|module|exports|__dirname|__filename) is not defined in ES module scope"


def diagnose(case: Case) -> Advice | None:
    """Node refuses the module syntax of a file."""
    if case.search(_ESM):
        command, says, syntax = "npm pkg set type=module", '"type": "module"', "import"
    elif case.search(_CJS):
        command, says, syntax = "npm pkg delete type", 'no "type": "module"', "require"
    else:
        return None
    path, number, source = errors.traced(case)
    return Advice(
        kind=GapKind.BROKEN_COMMAND,
        title=f"`{syntax}` does not work in this project",
        problem=f"The code uses `{syntax}`, for which `package.json` must have {says}; no earlier "
        f"step sees to that, so line {case.line} fails.",
        fix=paste(case, "Tell Node.js which kind of modules the project has:", command),
        remedy=before(case, command),
        location=case.locate(path, source, number) if path else None,
    )
