from __future__ import annotations

from tests.agent.handbook.scene import gap, on, remedy, sh


def test_a_host_that_cant_be_reached_is_accepted_and_named() -> None:
    scene = on(sh("curl https://data.example.org/a.csv > a.csv"))

    answer = scene.ask(
        "curl https://data.example.org/a.csv > a.csv",
        "curl: (6) Could not resolve host: data.example.org",
        6,
    )

    assert gap(answer).kind == "network_external"
    assert gap(answer).title == "Needs `data.example.org`"
    assert remedy(answer).action == "accept"


def test_a_registry_that_cant_be_reached_is_no_gap() -> None:
    answer = on(sh("npm install x")).ask(
        "npm install x", "npm error code EAI_AGAIN\nnpm error getaddrinfo EAI_AGAIN registry"
    )

    assert answer.diagnosis is None
    assert "not of the tutorial" in answer.not_a_gap
    assert not answer.resolvable


def test_apt_without_a_way_out_is_no_gap() -> None:
    command = "apt-get install -y cowsay"
    answer = on(sh(command)).ask(
        command,
        "Err:1 http://deb.example.org/debian bookworm/main amd64 cowsay all 3.03\n"
        "  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)\n"
        "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?",
        100,
    )

    assert answer.diagnosis is None
    assert "not of the tutorial" in answer.not_a_gap
