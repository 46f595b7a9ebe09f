from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import gap, on, remedy, sh, typed

REFUSED = "curl: (7) Failed to connect to localhost port 9 after 0 ms: Couldn't connect to server"


def test_what_curl_really_says_of_a_missing_server_is_no_matter_of_the_internet(
    tmp_path: Path,
) -> None:
    code, output = typed("curl -sS http://localhost:9/", tmp_path)

    answer = on(sh("curl -sS http://localhost:9/")).ask(
        "curl -sS http://localhost:9/", output, code
    )

    assert gap(answer).rule == "server_gone"
    assert gap(answer).kind == "missing_prerequisite"


def test_a_server_that_is_started_below() -> None:
    scene = on(sh("curl http://localhost:9"), sh("flask run"))

    assert gap(scene.ask("curl http://localhost:9", REFUSED, 7)).kind == "wrong_order"


def test_a_server_that_has_ended() -> None:
    scene = on(sh("flask run"), sh("curl http://localhost:9"))

    assert gap(scene.ask("curl http://localhost:9", REFUSED, 7)).kind == "long_running"


def test_a_server_that_listens_on_another_port() -> None:
    scene = on(sh("flask run", "curl http://localhost:9/a"), servers={"1": 4}, listening=(5000,))

    answer = scene.ask("curl http://localhost:9/a", REFUSED, 7)

    assert gap(answer).kind == "broken_command"
    assert remedy(answer).commands == ("curl http://localhost:5000/a",)
