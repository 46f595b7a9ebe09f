from __future__ import annotations

import pytest
from tests.agent.handbook.scene import gap, on, sh


@pytest.mark.parametrize(
    ("output", "kind"),
    [
        ("(demo:12): Gtk-WARNING **: cannot open display: ", "permission"),
        ("Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?",
         "environment_assumption"),
        ("the input device is not a TTY", "environment_assumption"),
        ("System has not been booted with systemd as init system", "environment_assumption"),
        ("RuntimeError: No CUDA GPUs are available", "environment_assumption"),
    ],
)  # fmt: skip
def test_what_a_machine_lacks_is_named_and_not_cured(output: str, kind: str) -> None:
    answer = on(sh("run it")).ask("run it", output)

    assert (gap(answer).rule, gap(answer).kind) == ("unfit_machine", kind)
    assert not answer.resolvable
