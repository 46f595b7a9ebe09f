from __future__ import annotations

from tests.agent.handbook.scene import gap, on, sh, verdict

UNKNOWN = "Reading package lists...\nE: Unable to locate package zanzibar"


def test_lists_that_were_never_fetched_are_fetched_first() -> None:
    answer = on(sh("apt-get install -y zanzibar")).ask("apt-get install -y zanzibar", UNKNOWN, 100)

    assert verdict(answer) == (
        "package_lists", "missing_prerequisite", "before", ("apt-get update",),
    )  # fmt: skip


def test_a_package_that_is_unknown_with_fresh_lists_does_not_exist() -> None:
    scene = on(sh("apt-get update", "apt-get install -y zanzibar"))

    answer = scene.ask("apt-get install -y zanzibar", UNKNOWN, 100)

    assert gap(answer).kind == "broken_command"
    assert "`zanzibar`, which Debian 12 does not have" in gap(answer).problem
    assert not answer.resolvable
