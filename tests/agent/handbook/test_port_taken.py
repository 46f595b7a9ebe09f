from __future__ import annotations

from tests.agent.handbook.scene import gap, on, sh


def test_the_server_that_holds_the_port_is_named() -> None:
    scene = on(sh("node a.js", "node b.js"), servers={"1": 4}, terminal=2)

    answer = scene.ask("node b.js", "Error: listen EADDRINUSE: address already in use :::3000")

    assert gap(answer).kind == "long_running"
    assert "line 4" in gap(answer).problem
    assert "3000" in gap(answer).problem
    assert not answer.resolvable


def test_a_port_that_a_stranger_holds_is_an_assumption() -> None:
    answer = on(sh("node b.js")).ask("node b.js", "OSError: [Errno 98] Address already in use")

    assert gap(answer).kind == "environment_assumption"
