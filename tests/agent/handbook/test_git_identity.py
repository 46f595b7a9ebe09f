from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import gap, on, remedy, sh, typed


def test_git_is_told_who_commits(tmp_path: Path) -> None:
    typed("git init -q; git config user.useConfigOnly true; touch a; git add a", tmp_path)
    code, output = typed("git commit -m x", tmp_path)

    answer = on(sh("git commit -m x")).ask("git commit -m x", output, code)

    assert gap(answer).rule == "git_identity"
    typed("; ".join(remedy(answer).commands), tmp_path)
    assert typed("git commit -m x", tmp_path)[0] == 0
