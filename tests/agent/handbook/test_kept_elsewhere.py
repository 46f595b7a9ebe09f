from __future__ import annotations

from pathlib import Path

from tests.agent.handbook.scene import file, on, sh, typed, verdict


def test_a_file_that_a_script_looks_for_in_another_directory(tmp_path: Path) -> None:
    script = "cat data/names.txt"
    (tmp_path / "names.txt").write_text("ada\n")
    (tmp_path / "show.sh").write_text(script + "\n")
    code, output = typed("bash show.sh", tmp_path)

    answer = on(
        file("names.txt", "ada"), file("show.sh", script), sh("bash show.sh"),
        cwd=str(tmp_path), entries=("names.txt", "show.sh"),
    ).ask("bash show.sh", output, code)  # fmt: skip

    remedy = "mkdir -p data && cp names.txt data/names.txt"
    assert verdict(answer) == ("kept_elsewhere", "missing_file", "before", (remedy,))
    assert typed(f"{remedy}; bash show.sh", tmp_path)[0] == 0


def test_the_line_of_the_block_that_names_the_wrong_place_is_told() -> None:
    script = ".mode csv\n.import data/sales.csv sales"
    command = "sqlite3 x.db < load.sql"

    answer = on(
        file("sales.csv", "a,b"), file("load.sql", script), sh(command),
        entries=("load.sql", "sales.csv"),
    ).ask(command, 'Error: cannot open "data/sales.csv"\n')  # fmt: skip

    assert answer.diagnosis is not None
    assert answer.diagnosis.location.quote.strip() == ".import data/sales.csv sales"
