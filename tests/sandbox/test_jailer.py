"""What the system refuses to a local machine becomes an error of ours; no machine is needed."""

from __future__ import annotations

import builtins
import errno
import inspect
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from smile.errors import EXHAUSTED, SandboxError, SandboxTimeout
from smile.sandbox.jailer import translated

OF_THE_SYSTEM = [
    value
    for value in vars(builtins).values()
    if inspect.isclass(value) and issubclass(value, OSError)
]
NUMBERS = [errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EINVAL, *EXHAUSTED]


@pytest.mark.parametrize(
    "kind", [k for k in OF_THE_SYSTEM if not issubclass(k, TimeoutError)], ids=lambda k: k.__name__
)
def test_an_error_of_the_system_is_one_of_ours_that_knows_its_cause(kind: type[OSError]) -> None:
    cause = kind("refused")
    with pytest.raises(SandboxError) as caught, translated("it can't be built"):
        raise cause
    assert caught.value.message == "it can't be built: refused"
    assert caught.value.hint
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: errno.errorcode[number])
def test_a_number_of_the_system_is_told_in_words_with_what_helps(number: int) -> None:
    with pytest.raises(SandboxError) as caught, translated("it can't be built"):
        raise OSError(number, os.strerror(number))
    assert caught.value.message == f"it can't be built: {os.strerror(number)}"
    assert caught.value.hint == EXHAUSTED.get(number, SandboxError.usual_hint)


@pytest.mark.parametrize("kind", [TimeoutError, SandboxTimeout])
def test_the_end_of_a_time_goes_through_for_callers_that_wait_for_it(
    kind: type[TimeoutError],
) -> None:
    with pytest.raises(kind), translated("it can't be built"):
        raise kind("late")


def test_an_error_of_ours_and_a_bug_go_through_as_they_are() -> None:
    for error in (SandboxError("gone"), ZeroDivisionError()):
        with pytest.raises(type(error)) as caught, translated("it can't be built"):
            raise error
        assert caught.value is error


OPENING = """
import asyncio, os, resource, sys
from smile.errors import SandboxError
from smile.sandbox.base import Spec
from smile.sandbox.local import LocalEngine

async def main():
    engine = LocalEngine(lambda upstream: None)
    spec = Spec("few", "host", {"a.md": b"hi"}, 9)
    opened = len(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (opened + int(sys.argv[1]),) * 2)
    async with engine.open(spec) as sandbox:
        print((await sandbox.run(("true",))).code)

try:
    asyncio.run(main())
except SandboxError as error:
    print(type(error.__cause__).__name__, error.message, "|", error.hint)
"""


@pytest.mark.parametrize("spare", range(12))
def test_a_process_without_files_to_open_gets_an_error_of_ours_wherever_it_ends(
    spare: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(OPENING), str(spare)],
        env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "0\n" or "|" in done.stdout
