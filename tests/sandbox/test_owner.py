"""A process is told from another one that has its number."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace

from smile.sandbox.owner import Owner


def test_this_process_is_alive() -> None:
    assert Owner.me().alive
    assert Owner.me().known
    assert Owner.me().pid == os.getpid()


def test_an_owner_survives_being_written_into_a_label() -> None:
    assert Owner.parse(str(Owner.me())) == Owner.me()


def test_what_is_no_owner_is_none() -> None:
    assert Owner.parse("") is None
    assert Owner.parse("somewhere someone sometime") is None


def test_a_process_that_ended_is_dead_also_while_nobody_has_waited_for_it() -> None:
    with subprocess.Popen(["true"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not replace(Owner.me(), pid=process.pid).alive


def test_another_process_with_the_same_number_is_not_taken_for_it() -> None:
    assert not replace(Owner.me(), started="1").alive


def test_where_process_numbers_mean_something_else_nobody_is_called_dead() -> None:
    elsewhere = replace(Owner.me(), place="another-boot/pid:[1]", started="1")
    assert elsewhere.alive
    assert not elsewhere.known
