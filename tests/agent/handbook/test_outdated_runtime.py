from __future__ import annotations

import pytest
from tests.agent.handbook.scene import gap, on, sh, verdict

NODE = {"node": "/usr/bin/node", "npm": "/usr/bin/npm"}


@pytest.mark.parametrize(
    "output",
    [
        "You are using Node.js 18.20.4. Vite requires Node.js version 20.19+ or 22.12+.",
        (
            "file:///root/work/node_modules/x/run.js:1\nimport { styleText } from 'node:util';\n"
            "SyntaxError: The requested module 'node:util' does not provide an export named "
            "'styleText'\n\nNode.js v18.20.4"
        ),
        "npm error code EBADENGINE\nnpm error engine Unsupported engine",
    ],
)
def test_a_node_that_is_too_old_is_renewed(output: str) -> None:
    scene = on(sh("npx x"), tools=NODE, versions={"node": "18.20.4"})

    answer = scene.ask("npx x", output)

    assert verdict(answer) == (
        "outdated_runtime", "version_mismatch", "before", ("npm install -g node@22", "hash -r"),
    )  # fmt: skip


def test_an_error_in_the_authors_own_code_is_not_blamed_on_node() -> None:
    scene = on(sh("node a.js"), tools=NODE, versions={"node": "18.20.4"})

    answer = scene.ask(
        "node a.js", "/root/work/a.js:1\nTypeError: x is not a function\n\nNode.js v18.20.4"
    )

    assert gap(answer).rule != "outdated_runtime"


@pytest.mark.parametrize(
    "output",
    [
        "ERROR: Package 'x' requires a different Python: 3.11.2 not in '>=3.13'",
        "error: package `x v1` cannot be built because it requires rustc 1.80 or newer",
        "go: errors parsing go.mod:\ngo.mod:3: invalid go version '1.22.0'",
        "error: error: release version 25 not supported",
    ],
)
def test_other_languages_are_recognised_without_a_cure(output: str) -> None:
    answer = on(sh("build it")).ask("build it", output)

    assert gap(answer).kind == "version_mismatch"
    assert not answer.resolvable
