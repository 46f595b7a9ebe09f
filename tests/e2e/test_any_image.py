"""An image that nobody prepared is a newcomer's machine, as it is."""

from __future__ import annotations

import json

import pytest

from smile.sandbox import recipes

from .driver import Smile, bash

pytestmark = [pytest.mark.docker, pytest.mark.namespaces]

WORDS = ("smile", "python", "node")
"""None of these is on PATH, in a variable or in the home of who follows the tutorial."""

NO_CERTIFICATES = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "")
"""Else variables for those of the author's network are given to the machine."""


def test_an_image_as_it_came_is_followed_and_a_program_that_it_lacks_is_found_out(
    docker_host: str, smile: Smile
) -> None:
    look = f"(IFS=:; ls $PATH; env; ls -A ~ .) | grep -iE '{'|'.join(WORDS)}' | grep -v tutorial"
    smile.write(
        bash(
            f"{look}; true",
            "cat $(ls /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null)",
            "jq .",
        )
    )
    settings = json.loads((smile.where / "smile.json").read_text("utf-8"))
    limits = {"container": {"pids": 123, "keepOnFailure": False}, "maxIterations": 1}
    (smile.where / "smile.json").write_text(json.dumps(settings | limits), "utf-8")
    docker = ("--sandbox", "docker", "--image", recipes.DEBIAN)
    ended = smile.run(*docker, DOCKER_HOST=docker_host, **NO_CERTIFICATES)
    assert (ended.status, ended.code) == ("max_iterations", 1), ended.stderr
    ran = {c["command"]: c for c in ended.report["auditTrail"]["commands"]}
    assert ran[f"{look}; true"]["output"].strip() == ""
    assert "123\n" in next(c["output"] for text, c in ran.items() if text.startswith("cat"))
    assert [gap["title"] for gap in ended.report["gaps"]] == ["`jq` is not installed"]
    assert ended.report["summary"]["sandbox"]["image"] == recipes.DEBIAN


def test_an_image_that_is_nowhere_is_no_gap_but_a_command_to_run(
    docker_host: str, smile: Smile
) -> None:
    smile.write(bash("true"))
    docker = ("--sandbox", "docker", "--image", "smile-bare:of-tomorrow")
    ended = smile.run(*docker, DOCKER_HOST=docker_host)
    assert ended.code == 3
    assert "error: The image smile-bare:of-tomorrow is not there" in ended.stderr
    assert "try: run `smile image build bare`" in ended.stderr
