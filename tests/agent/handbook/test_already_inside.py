from __future__ import annotations

from tests.agent.handbook.scene import on, sh, verdict


def test_entering_the_current_directory_again_does_no_harm() -> None:
    scene = on(sh("mkdir build", "cd build", "cd build"), cwd="/root/work/build")

    answer = scene.ask("cd build", "bash: cd: build: No such file or directory", line=6)

    assert verdict(answer) == ("already_inside", "missing_directory_change", "accept", ())
