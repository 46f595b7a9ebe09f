"""Secrets never reach a file."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smile.report.build import build
from smile.report.redact import redact
from smile.report.writer import write_report
from smile.wire import Status

from .example import Story

ALNUM = string.ascii_letters + string.digits

# Put together here, so that no scanner takes this file for a leak.
KEYS = [
    "sk-" + "ant-api03-" + "aB3" * 10,
    "sk-" + "proj-" + "9xY" * 12,
    "ghp" + "_" + "a1B2" * 9,
    "github_pat" + "_" + "11ABC" * 6,
    "AKIA" + "IOSFODNN7EXAMPLE",
    "AIza" + "Sy" + "d3F" * 11,
    "xoxb" + "-1234567890-abcdef",
    "glpat" + "-" + "x1" * 10,
    "eyJ" + "hbGciOiJIUzI1NiJ9" + "." + "eyJ" + "zdWIiOiIxMjM0In0" + ".c2ln",
]


@pytest.mark.parametrize("key", KEYS)
def test_the_usual_shapes_of_keys_are_taken_out(key: str) -> None:
    assert redact(f"export KEY={key} # mine") == "export KEY=[redacted] # mine"


def test_bearer_tokens_and_passwords_in_addresses_are_taken_out() -> None:
    assert redact("Authorization: Bearer abc123.def-456") == "Authorization: Bearer [redacted]"
    assert redact("Authorization: Basic dXNlcjpwYXNz") == "Authorization: Basic [redacted]"
    assert redact("http://me:hunter2@proxy.test:3128") == "http://[redacted]@proxy.test:3128"


def test_private_keys_are_taken_out_also_when_their_end_was_cut() -> None:
    block = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n"

    assert redact(f"a\n{block}-----END OPENSSH PRIVATE KEY-----\nb") == "a\n[redacted]\nb"
    assert redact(f"a\n{block}") == "a\n[redacted]"


@pytest.mark.parametrize(
    "text",
    [
        "pip install scikit-learn",
        "sk-learn-contrib-and-other-tools",
        "the bearer of this letter",
        "basic python3-installation",
        "docker run -p 8080:80 nginx@sha256:abc",
        "https://example.org/a@b",
        "git clone git@github.com:a/b.git",
        "disk-usage-analyser-2000-and-more",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text(ALNUM, min_size=36, max_size=36))
@settings(deadline=None)
def test_redacting_twice_changes_nothing_more(token: str) -> None:
    once = redact(f"gho_{token} Bearer {token}1")

    assert token not in once
    assert redact(once) == once


def test_no_file_of_a_report_holds_a_key(tmp_path: Path) -> None:
    every = " ".join(KEYS) + "\n-----BEGIN PRIVATE KEY-----\nerror MIIsecret\n"
    story = Story().attempt().runs(f"login {KEYS[0]}", step=0, line=6, code=1, output=every)
    story.asked("login", f"use {KEYS[1]}?", step=0, line=6)
    story.differs("login", step=1, line=12, expected=every, actual=f"error {every}")
    story.stuck(f"login {KEYS[0]}", step=0, line=6, output=every)
    story.answered(line=6, title=f"refused {KEYS[2]}", fix=every, remedy=(f"login {KEYS[3]}",))
    record = story.record(
        Status.MAX_ITERATIONS, environment_notes=("Proxy http://u:hunter2@p.test was given.",)
    )

    written = write_report(build(record), record, tmp_path)

    for path in (written.markdown, written.json, written.audit):
        text = path.read_text(encoding="utf-8").replace("\\", "")
        assert "[redacted]" in text
        for secret in (*KEYS, "MIIsecret", "hunter2"):
            assert secret not in text
