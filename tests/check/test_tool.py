from __future__ import annotations

from pathlib import Path

import pytest
from tests.check.texts import reading, said, sh

from smile.check.tool import check


def missing(where: Path, *parts: str, name: str = "tutorial.md") -> list[str]:
    found = [said(f) for f in check(reading(where, *parts, name=name))]
    return [text.split(": ")[1] for text in found]


def test_a_tool_that_a_bare_machine_lacks_is_told_once(tmp_path: Path) -> None:
    text = sh("docker build -t app .", "docker images", "tree", "curl example.org", "ls")

    assert missing(tmp_path, "Build it:", text) == ["docker", "tree"]


def test_programs_of_one_package_count_as_one(tmp_path: Path) -> None:
    assert missing(tmp_path, "Go:", sh("npm install", "npx tool", "node app.js")) == ["npm"]


@pytest.mark.parametrize(
    "sentence",
    [
        "You need Node.js 20 or later.",
        "Install [Node.js](https://nodejs.org) first.",
        "This tutorial assumes that you have Node.js.",
        "We use [Node.js](https://nodejs.org).",
        "## Prerequisites\n\n- A terminal\n- Node.js",
        "Make sure that `npm` is on your path.",
    ],
)
def test_a_tool_that_the_prose_asks_for_is_none(tmp_path: Path, sentence: str) -> None:
    assert missing(tmp_path, sentence, "Then:", sh("npm install express")) == []


def test_a_tool_that_the_prose_only_speaks_of_is_still_missing(tmp_path: Path) -> None:
    text = ("The packages come from npm, by the way.", sh("npm install express"))

    assert missing(tmp_path, *text) == ["npm"]


@pytest.mark.parametrize(
    "command",
    [
        "sudo apt-get install -y docker.io",
        "brew install --cask docker",
        "curl -fsSL https://get.docker.com | sh",
        "./install.sh",
        "export PATH=$PATH:/opt/bin",
        "ssh build-machine",
        "alias docker=podman",
    ],
)
def test_a_tool_that_a_command_above_brings_or_may_bring_is_none(
    tmp_path: Path, command: str
) -> None:
    assert missing(tmp_path, "Do:", sh(command, "docker images")) == []


def test_what_pip_and_npm_install_may_bring_other_programs(tmp_path: Path) -> None:
    text = sh(
        "python3 -m venv .venv", "source .venv/bin/activate", "pip install thing", "uvicorn a:b"
    )

    assert missing(tmp_path, "Do:", text) == []


def test_a_tool_in_an_optional_block_or_in_another_terminal_is_left_alone(tmp_path: Path) -> None:
    parts = ("## Step (optional)", sh("docker images"), "In another terminal:", sh("tree"))

    assert missing(tmp_path, *parts) == []


def test_who_works_in_a_repository_has_git_and_who_makes_one_may_not(tmp_path: Path) -> None:
    there = sh("git clone https://example.org/a/b.git", "git checkout -b mine", "git push")

    assert missing(tmp_path, "Get it:", there) == []
    assert missing(tmp_path, "Make it:", sh("git init", "git add .")) == ["git"]


def test_a_page_of_the_documentation_of_a_tool_need_not_tell_how_to_install_it(
    tmp_path: Path,
) -> None:
    parts = ("Hatch builds it. Use `hatch` for it.", sh("hatch build"))
    (tmp_path / "hatch" / ".git").mkdir(parents=True)

    assert missing(tmp_path / "hatch" / "docs", *parts) == []
    assert missing(tmp_path / "hatch" / "docs", *parts, name="README.md") == ["hatch"]
    assert missing(tmp_path / "shop", *parts) == ["hatch"]


def test_a_text_about_a_tool_that_links_to_its_installation_tells_enough(tmp_path: Path) -> None:
    parts = ("# Docker", "See [Installation](setup.md).", "Then:", sh("docker images"))

    assert missing(tmp_path, *parts) == []
