from __future__ import annotations

import pytest
from tests.agent.handbook.scene import gap, on, sh


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("(demo:12): Gtk-WARNING **: cannot open display: ", "permission"),
        ("the input device is not a TTY", "environment_assumption"),
        ("RuntimeError: No CUDA GPUs are available", "environment_assumption"),
    ],
)  # fmt: skip
def test_what_a_machine_lacks_is_named_and_not_cured(output: str, kind: str) -> None:
    answer = on(sh("run it")).ask("run it", output)

    assert (gap(answer).rule, gap(answer).kind) == ("unfit_machine", kind)
    assert not answer.resolvable


@pytest.mark.parametrize(
    ("output", "what"),
    [
        (
            "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
            "Docker",
        ),
        ("System has not been booted with systemd as init system", "systemd"),
    ],
)
def test_what_only_a_sandbox_lacks_is_no_gap(output: str, what: str) -> None:
    answer = on(sh("run it")).ask("run it", output)

    assert answer.diagnosis is None
    assert what in answer.not_a_gap
