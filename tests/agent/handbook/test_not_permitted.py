from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import file, gap, on, remedy, sh, typed


def test_a_script_is_made_executable(tmp_path: Path) -> None:
    (tmp_path / "go.sh").write_text("#!/bin/sh\necho went\n")
    code, output = typed("./go.sh", tmp_path)

    answer = on(file("go.sh", "echo went"), sh("./go.sh")).ask("./go.sh", output, code)

    assert gap(answer).kind == "permission"
    assert remedy(answer).commands == ("chmod +x ./go.sh",)
    assert typed("chmod +x ./go.sh; ./go.sh", tmp_path) == (0, "went\n")


def test_what_only_root_may_do_is_done_with_sudo() -> None:
    scene = on(sh("apt-get install -y jq"), uid=1000, tools={"sudo": "/usr/bin/sudo"})

    answer = scene.ask(
        "apt-get install -y jq",
        "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"
        "E: Unable to acquire the dpkg frontend lock, are you root?",
        100,
    )

    assert remedy(answer).commands == ("sudo apt-get install -y jq",)


def test_a_key_for_a_server_cant_be_given() -> None:
    answer = on(sh("git clone git@example.com:a/b")).ask(
        "git clone git@example.com:a/b", "git@example.com: Permission denied (publickey).", 128
    )

    assert gap(answer).kind == "permission"
    assert not answer.resolvable


def test_a_wall_of_the_sandbox_is_no_gap() -> None:
    answer = on(sh("rm -rf / --no-preserve-root"), uid=0).ask(
        "rm -rf / --no-preserve-root",
        "rm: cannot remove '/opt/smile/agent': Read-only file system",
        1,
    )

    assert answer.diagnosis is None
    assert "the sandbox allows it to nobody" in answer.not_a_gap


def test_root_is_not_told_to_take_sudo() -> None:
    answer = on(sh("./configure"), uid=0).ask(
        "./configure", "./configure: line 3: /srv/x: Permission denied", 1
    )

    assert "sudo" not in gap(answer).suggested_fix
    assert not answer.resolvable
