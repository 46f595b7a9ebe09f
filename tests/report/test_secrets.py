"""What a report is made from is redacted: then none of its files holds a secret."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.redaction.keys import BODY, IN_CONTEXT, KEYS, PEM_LINES, pem

from smile.redaction import Redactor, redacted
from smile.report.build import build
from smile.report.writer import write_report
from smile.tutorial.parse import parse
from smile.wire import Status

from .example import TUTORIAL, Story

PHRASES = [around.format(secret) for around, secret in IN_CONTEXT.values()]
SECRETS = [*KEYS.values(), *PEM_LINES[:2], *(secret for _, secret in IN_CONTEXT.values())]


def test_no_file_of_a_report_holds_a_key_and_the_words_of_the_tutorial_stay(
    tmp_path: Path,
) -> None:
    every = "\n".join([*KEYS.values(), *PHRASES, pem(), "error: the end"])
    key, other, *_ = KEYS.values()
    text = (
        f"# T\n\n```bash\nexport API_KEY=your-key\nlogin {key}\n```\n\n"
        f"```bash\ncat > id <<EOT\n{pem()}\nEOT\n```\n\n"
        f"```console\n$ show\n{every}\n```\n"
    )
    tutorial = replace(TUTORIAL, text=text, steps=parse(text), images=())
    story = Story(tutorial=tutorial).attempt()
    story.runs("export API_KEY=your-key", step=0, line=4)
    story.runs(f"login {key}", step=0, line=5, code=1, output=every)
    story.asked(f"login {key}", f"use {other}?", step=0, line=5)
    story.differs("show", step=2, line=18, expected=every, actual=f"error {every}")
    story.stuck(f"login {key}", step=0, line=5, output=every)
    story.answered(line=10, title=f"refused {other}", fix=every, remedy=(f"login {other}",))
    whole = story.record(
        Status.MAX_ITERATIONS, environment_notes=("Proxy http://u:hunter22@p.test was given.",)
    )
    record = redacted(whole, Redactor())

    written = write_report(build(record), record, tmp_path)

    for path in (written.markdown, written.json, written.audit):
        told = path.read_text(encoding="utf-8").replace("\\", "")
        assert "[redacted]" in told
        assert "export API_KEY=your-key" in told
        for secret in (*SECRETS, "hunter22"):
            assert secret not in told


def test_a_tutorial_keeps_its_lines() -> None:
    text = f"# T\n\n{pem()}\n\nlast"
    clean = redacted(replace(TUTORIAL, text=text), Redactor())
    assert BODY not in clean.text
    assert clean.text.split("\n").index("last") == text.split("\n").index("last")
