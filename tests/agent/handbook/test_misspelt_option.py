from __future__ import annotations

import pytest
from tests.agent.handbook.scene import gap, on, sh, verdict

REFUSALS = [
    ("mytool sync --verbsoe", "--verbose", "mytool: error: unrecognized arguments: --verbsoe", 2),
    ("cli hello --hepl", "--help", "│ No such option: --hepl Did you mean --help? │", 2),
    (
        "uv init --lbi demo",
        "--lib",
        "error: unexpected argument '--lbi' found\n\n  tip: a similar argument exists: '--lib'",
        2,
    ),
    (
        "apt-get install -y --no-isntall-recommends jq",
        "--no-install-recommends",
        (
            "E: Command line option --no-isntall-recommends is not understood in combination with the "
            "other options"
        ),
        100,
    ),
    ("git commit --amned", "--amend", "error: unknown option `amned'\nusage: git commit", 129),
    ("ls --recusrive", "--recursive", "ls: unrecognized option '--recusrive'\nTry 'ls --help'", 2),
    ("curl --silnet http://localhost", "--silent", "curl: option --silnet: is unknown", 2),
    ("tsc --noEmti", "--noEmit", "error TS5023: Unknown compiler option '--noEmti'.", 1),
    ("node --wacth app.js", "--watch", "node: bad option: --wacth", 9),
]


@pytest.mark.parametrize(("command", "right", "output", "code"), REFUSALS)
def test_a_refused_option_that_is_nearly_right_is_corrected(
    command: str, right: str, output: str, code: int
) -> None:
    wrong = next(
        w
        for w in command.split()
        if (w.startswith("--") and w not in right and w[2:4] != "no")
        or w.startswith("--no-isn")
        or w == "--noEmti"
    )

    answer = on(sh(command)).ask(command, output, code)

    corrected = command.replace(wrong, right)
    assert verdict(answer) == ("misspelt_option", "broken_command", "replace", (corrected,))


def test_an_option_that_resembles_nothing_is_not_guessed() -> None:
    answer = on(sh("mytool --zanzibar")).ask(
        "mytool --zanzibar", "mytool: error: unrecognized arguments: --zanzibar", 2
    )

    assert gap(answer).rule == "unexplained"
    assert not answer.resolvable
