from __future__ import annotations

import pytest
from tests.agent.handbook.scene import gap, on, sh, verdict

REFUSALS = [
    (
        "pip install reqeusts",
        "pip install requests",
        ("ERROR: Could not find a version that satisfies the requirement reqeusts "
        "(from versions: none)\nERROR: No matching distribution found for reqeusts"),
    ),
    (
        "npm install expres",
        "npm install express",
        "npm error code E404\nnpm error 404  'expres@*' is not in this registry.",
    ),
    ("apt-get install -y ninja-biuld", "apt-get install -y ninja-build",
     "E: Unable to locate package ninja-biuld"),
    ("uv add fastpai", "uv add fastapi",
     "Because fastpai was not found in the package registry and your project depends on fastpai"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "right", "output"), REFUSALS)
def test_a_package_that_is_nearly_a_known_one_is_corrected(
    command: str, right: str, output: str
) -> None:
    answer = on(sh("apt-get update", command)).ask(command, output)

    assert verdict(answer) == ("misspelt_package", "broken_command", "replace", (right,))


def test_an_unknown_package_is_not_replaced_by_a_stranger() -> None:
    answer = on(sh("pip install zzyzx")).ask(
        "pip install zzyzx", "ERROR: No matching distribution found for zzyzx"
    )

    assert gap(answer).rule == "unexplained"
    assert not answer.resolvable
