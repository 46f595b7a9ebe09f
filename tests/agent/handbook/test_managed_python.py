from __future__ import annotations

from tests.agent.handbook.scene import gap, on, remedy, sh

MANAGED = "error: externally-managed-environment\n\n× This environment is externally managed"


def test_pip_that_refuses_gets_a_virtual_environment() -> None:
    answer = on(sh("pip install x")).ask("pip install x", MANAGED)

    assert gap(answer).rule == "managed_python"
    assert gap(answer).kind == "missing_prerequisite"
    assert remedy(answer).commands[-1] == ". ~/.venv/bin/activate"


def test_an_environment_that_comes_later_is_activated_first() -> None:
    scene = on(sh("pip install x", "python3 -m venv env", "source env/bin/activate"))

    answer = scene.ask("pip install x", MANAGED)

    assert gap(answer).kind == "wrong_order"
    assert remedy(answer).commands == ("python3 -m venv env", "source env/bin/activate")


def test_debian_needs_a_package_for_environments() -> None:
    output = (
        "The virtual environment was not created successfully because ensurepip is not\n"
        "available.  On Debian/Ubuntu systems, you need to install the python3-venv\npackage"
    )

    answer = on(sh("python3 -m venv env")).ask("python3 -m venv env", output)

    assert remedy(answer).commands[-1].endswith("install -y python3-venv")
