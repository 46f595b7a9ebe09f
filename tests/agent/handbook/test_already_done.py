from __future__ import annotations

from tests.agent.handbook.scene import gap, on, remedy, sh


def test_the_echo_of_a_remedy_is_accepted_and_no_gap() -> None:
    scene = on(sh("cd shop", "mkdir shop"))
    first = scene.ask("cd shop", "bash: line 1: cd: shop: No such file or directory")
    assert gap(first).kind == "wrong_order"

    second = scene.after(first).ask(
        "mkdir shop", "mkdir: cannot create directory 'shop': File exists"
    )

    assert second.diagnosis is None
    assert second.resolvable
    assert remedy(second).action == "accept"


def test_a_directory_that_the_tutorial_made_twice_is_still_a_fault() -> None:
    answer = on(sh("mkdir shop", "mkdir  shop")).ask(
        "mkdir  shop", "mkdir: cannot create directory 'shop': File exists"
    )

    assert gap(answer).rule == "unexplained"
