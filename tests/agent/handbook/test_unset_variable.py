from __future__ import annotations

from tests.agent.handbook.scene import file, gap, on, remedy, sh


def test_a_variable_that_no_step_sets_is_found_in_the_command() -> None:
    scene = on(sh('tool add "$THING"'), variables={"THING": "", "PATH": "/bin"})

    answer = scene.ask('tool add "$THING"', "error: empty name", 2)

    assert gap(answer).kind == "undefined_variable"
    assert not answer.resolvable


def test_a_package_is_inferred_from_the_code() -> None:
    scene = on(sh('pip install "$PKG"'), file("a.py", "import sys\nimport rich\n"))

    answer = scene.ask('pip install "$PKG"', "ERROR: Invalid requirement: ''")

    assert remedy(answer).commands == ("pip install rich",)


def test_the_command_that_used_the_variable_first_is_to_blame_for_a_missing_directory() -> None:
    scene = on(sh("cd $PROJECT_DIR", "mkdir a", "cd ~/shop", "cd b"))

    answer = scene.ask("cd ~/shop", "bash: line 1: cd: /root/shop: No such file or directory")

    assert gap(answer).kind == "undefined_variable"
    assert gap(answer).location.quote == "cd $PROJECT_DIR"
    assert (remedy(answer).line, remedy(answer).commands) == (4, ("export PROJECT_DIR=~/shop",))


def test_a_variable_that_a_step_exports_reads_or_loops_over_is_set() -> None:
    scene = on(sh("export A=1", "read B", "for c in 1 2; do echo $c; done", "tool $A $B $HOME"))

    answer = scene.ask("tool $A $B $HOME", "no", 2)

    assert gap(answer).rule == "unexplained"
