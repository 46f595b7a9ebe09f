from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import file, gap, on, remedy, sh, typed, verdict


def test_a_directory_that_is_made_one_cd_too_early(tmp_path: Path) -> None:
    code, output = typed("mkdir all shop; cd all; cd shop", tmp_path)
    scene = on(sh("mkdir all", "mkdir shop", "cd all", "cd shop"), cwd="/root/work/all")

    answer = scene.ask("cd shop", output, code)

    assert verdict(answer) == ("made_too_early", "wrong_order", "before", ("mkdir shop",))
    assert typed("cd all; mkdir shop; cd shop", tmp_path)[0] == 0


def test_a_file_that_is_written_before_its_directory_is_made_and_entered() -> None:
    scene = on(file("a.js", "1"), sh("mkdir app", "cd app"), sh("node a.js"), cwd="/root/work/app")

    answer = scene.ask("node a.js", "Error: Cannot find module '/root/work/app/a.js'")

    assert gap(answer).kind == "wrong_order"
    assert remedy(answer).files[0].path == "a.js"


def test_a_step_between_making_and_leaving_means_that_the_way_back_is_missing() -> None:
    scene = on(
        file("a.js", "1"), sh("gen setup out"), sh("cd out"), sh("node a.js"),
        cwd="/root/work/out", found={"a.js": ("/root/work/a.js",)},
    )  # fmt: skip

    answer = scene.ask("node a.js", "Error: Cannot find module '/root/work/out/a.js'")

    assert gap(answer).kind == "missing_directory_change"
