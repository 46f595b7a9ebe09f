"""One tree of errors, as it is drawn; each tells what to try."""

from __future__ import annotations

import ast
import errno
import importlib
import inspect
import os
import pickle
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import smile
from smile import errors
from smile.errors import (
    BUG,
    EXHAUSTED,
    BugError,
    OutputError,
    SmileError,
    UsageError,
    exhausted,
)
from smile.loop.exchange import Refused
from smile.report.writer import ReportNotWritten
from smile.wiring import StoppedEarly

PACKAGE = Path(smile.__file__).parent
NOT_OURS = ("smile.sandbox.image.",)
"""A script that is sent into the build of an image."""

SIGNALS = {
    "gateway.egress._RefusedError": "an answer of HTTP to a program of the tutorial",
    "gateway.egress._StaleError": "a connection to be opened again, caught in its module",
    "tutorial.amend.SeveralWaysError": "a change for which there is not exactly one way",
    "gateway.heads.BadHeadError": "an answer of HTTP to a program of the tutorial",
    "agent.literal.files.CannotWriteError": "a step that is not followed, which is a result",
    "agent.literal.student.StuckError": "the Student is stuck, which is a result",
}
"""Exceptions that are no errors of SMILE: nobody outside of their package sees them, and why."""

NOTHING_TO_TRY = (
    StoppedEarly,  # somebody wanted it
    Refused,  # goes out as the answer to a request
    BugError,  # whoever says that SMILE failed says also how to report it
)


def modules() -> list[str]:
    found = [each.name for each in pkgutil.walk_packages([str(PACKAGE)], "smile.")]
    return [name for name in found if not name.startswith(NOT_OURS) and "__main__" not in name]


def exceptions() -> dict[str, type[BaseException]]:
    """Every exception class that the package defines, by its dotted name below ``smile``."""
    found = {}
    for name in modules():
        for _, value in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(value, BaseException) and value.__module__.startswith("smile."):
                found[f"{value.__module__}.{value.__qualname__}".removeprefix("smile.")] = value
    return found


def tree() -> list[type[SmileError]]:
    return [kind for kind in exceptions().values() if issubclass(kind, SmileError)]


# --- the drawing ------------------------------------------------------------------------------

_NODE = re.compile(r"^    (?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+) (?P<rest>.*)$")
_EXIT_COLUMNS = slice(36, 39)


def drawn() -> Iterator[tuple[str, str, str, set[str], str]]:
    """Name, parent, exit code, built-in errors and module of each node, as far as they are told."""
    above: list[str] = []
    assert errors.__doc__
    picture = errors.__doc__.split("::\n\n")[1].split("\n\n")[0]
    for line in picture.splitlines():
        node = _NODE.match(line)
        assert node, line
        depth = len(node["branch"]) // 4
        name, text = node["name"], line[41:]
        told = line[_EXIT_COLUMNS].strip()
        del above[depth:]
        builtin = set(re.findall(r"; (\w+Error)\b", text))
        module = re.search(r"\[([\w.]+)\]$", text)
        parent = above[-1] if above else "Exception"
        yield name, parent, told, builtin, module[1] if module else ""
        above.append(name)


def builtins_of(kind: type[SmileError]) -> set[str]:
    others = [base for base in kind.__bases__ if not issubclass(base, SmileError)]
    return {base.__name__ for base in others} - {"Exception"}


def test_the_drawing_is_the_tree() -> None:
    seen = {"Exception": ("", 0, set[str](), "errors")}
    for name, parent, code, builtin, module in drawn():
        _, code_above, _, module_above = seen[parent]
        seen[name] = (parent, int(code or code_above), builtin, module or module_above)
    del seen["Exception"]
    real = {
        kind.__name__: (
            kind.__bases__[0].__name__,
            kind.exit_code,
            builtins_of(kind),
            kind.__module__.removeprefix("smile."),
        )
        for kind in tree()
    }
    assert seen == real


def test_every_exception_of_the_package_is_in_the_tree_or_is_no_error() -> None:
    others = {name for name, kind in exceptions().items() if not issubclass(kind, SmileError)}
    assert others == set(SIGNALS)


def test_only_documented_exit_codes_are_given() -> None:
    assert {kind.exit_code for kind in tree()} == {2, 3, BUG, 130}


# --- each of them -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling(kind: type[SmileError]) -> None:
    error = kind("it failed", "try this")
    error.add_note("seen twice")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (back.message, back.hint, str(back)) == ("it failed", "try this", "it failed")
    assert back.__notes__ == ["seen twice"]


def test_what_an_error_carries_beside_its_message_survives_pickling() -> None:
    back = pickle.loads(pickle.dumps(ReportNotWritten("m", "h", markdown="# Report")))
    assert back.markdown == "# Report"


def test_an_error_of_the_system_keeps_no_number_that_is_none() -> None:
    error = OutputError("can't write", "free space")
    assert error.errno is None
    assert str(error) == "can't write"


def test_a_hint_that_is_left_out_is_the_usual_one() -> None:
    assert errors.SandboxError("gone").hint == errors.SandboxError.usual_hint
    assert UsageError("wrong").hint == ""


# --- a machine that has nothing left -------------------------------------------------------------


@pytest.mark.parametrize(
    "number", sorted(EXHAUSTED.keys() - {errno.EAGAIN}), ids=errno.errorcode.get
)
def test_a_system_that_has_nothing_left_is_no_bug(number: int) -> None:
    cause = OSError(number, os.strerror(number), "/some/file")
    found = exhausted(cause)
    assert found
    assert (found.exit_code, found.hint) == (3, EXHAUSTED[number])
    assert found.message == f"{os.strerror(number)} (/some/file)"
    assert found.__cause__ is cause


@pytest.mark.parametrize("cause", [MemoryError(), RuntimeError("can't start new thread")])
def test_neither_is_one_without_memory_or_threads(cause: Exception) -> None:
    found = exhausted(cause)
    assert found
    assert found.hint
    assert found.__cause__ is cause


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        FileNotFoundError(2, "no"),
        BlockingIOError(11, "no"),
        OSError("no"),
        RuntimeError(),
    ],
)
def test_anything_else_is_a_bug(error: Exception) -> None:
    assert exhausted(error) is None


# --- every place where one is raised ------------------------------------------------------------


def made() -> Iterator[tuple[str, type[SmileError], ast.Call]]:
    """Each place where an error is made."""
    kinds = {kind.__name__: kind for kind in tree()}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in kinds:
                    place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                    yield place, kinds[name], node


def hint_of(call: ast.Call) -> ast.expr | None:
    named = [each.value for each in call.keywords if each.arg == "hint"]
    return named[0] if named else call.args[1] if len(call.args) > 1 else None


@pytest.mark.parametrize(
    ("place", "kind", "call"), [pytest.param(*each, id=each[0]) for each in made()]
)
def test_an_error_says_what_failed_and_what_to_try(
    place: str, kind: type[SmileError], call: ast.Call
) -> None:
    message = call.args[0]
    said = message.value if isinstance(message, ast.Constant) else "…"
    assert isinstance(said, str)
    assert said, f"{place}: no message"
    assert not said.endswith("."), f"{place}: a full stop at the end"
    if not issubclass(kind, NOTHING_TO_TRY):
        hint = hint_of(call)
        empty = hint is None or (isinstance(hint, ast.Constant) and not hint.value)
        assert not empty or kind.usual_hint, f"{place}: nothing to try"


def test_errors_are_made_in_many_places() -> None:
    assert len(list(made())) > 60
