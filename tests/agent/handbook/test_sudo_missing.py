from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import on, sh, typed, verdict


def test_root_goes_on_without_sudo(tmp_path: Path) -> None:
    code, output = typed("PATH=/nonexistent; sudo true", tmp_path)

    answer = on(sh("sudo apt-get install -y jq")).ask("sudo apt-get install -y jq", output, code)

    assert verdict(answer) == (
        "sudo_missing", "permission", "replace", ("apt-get install -y jq",),
    )  # fmt: skip


def test_an_ordinary_user_without_sudo_is_stuck() -> None:
    answer = on(sh("sudo ls"), uid=1000).ask("sudo ls", "bash: sudo: command not found", 127)

    assert not answer.resolvable
