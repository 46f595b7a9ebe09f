"""File blocks put in place."""

import json
import tomllib
from pathlib import Path

import pytest

from smile.agent.literal.files import CannotWriteError, loads_json, locate, put
from smile.tutorial.model import Change, EditFile, Lines, Placement, WriteFile


def _block(
    path: str, content: str, placement: Placement = Placement.REPLACE, *, elided: bool = False
) -> WriteFile:
    return WriteFile(Lines(1, 3), path, content, placement, elided=elided)


def test_a_file_is_written_as_shown_with_a_line_break_at_its_end(tmp_path: Path) -> None:
    target = tmp_path / "app.py"
    assert put(_block("app.py", "print(1)"), target).created
    assert target.read_text() == "print(1)\n"
    assert not put(_block("app.py", "print(2)"), target).created


def test_appending_and_prepending_keep_what_is_there(tmp_path: Path) -> None:
    target = tmp_path / "Makefile"
    put(_block("Makefile", "b:\n\ttrue"), target)
    put(_block("Makefile", "c:\n\ttrue", Placement.APPEND), target)
    put(_block("Makefile", "a: b c", Placement.PREPEND), target)
    assert [line for line in target.read_text().splitlines() if ":" in line] == [
        "a: b c",
        "b:",
        "c:",
    ]


def test_a_json_fragment_is_merged_by_its_keys(tmp_path: Path) -> None:
    target = tmp_path / "package.json"
    target.write_text('{"name": "x", "scripts": {"test": "old"}}')
    fragment = '{\n  // ...etc.\n  "type": "module",\n  "scripts": {"test": "new"},\n}'
    put(_block("package.json", fragment, Placement.MERGE, elided=True), target)
    assert json.loads(target.read_text()) == {
        "name": "x",
        "type": "module",
        "scripts": {"test": "new"},
    }


def test_yaml_keys_are_replaced_or_added(tmp_path: Path) -> None:
    target = tmp_path / "site.yml"
    target.write_text("title: Old\nnav:\n  - a\n")
    put(_block("site.yml", "title: New\ntheme: dark", Placement.MERGE), target)
    assert target.read_text() == "title: New\nnav:\n  - a\ntheme: dark\n"


def test_a_rule_of_a_makefile_is_replaced_by_its_target(tmp_path: Path) -> None:
    target = tmp_path / "Makefile"
    target.write_text("all: x\n\nclean :\n\trm -f x\n")
    put(_block("Makefile", ".PHONY : clean\nclean :\n\trm -f x y", Placement.MERGE), target)
    assert target.read_text() == "all: x\n.PHONY : clean\nclean :\n\trm -f x y\n"


def test_an_elided_block_is_not_guessed_at(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError):
        put(_block("settings.py", "A = 1\n...", elided=True), tmp_path / "settings.py")
    assert not (tmp_path / "settings.py").exists()


def test_a_missing_directory_is_an_error_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        put(_block("src/app.py", "x"), tmp_path / "src" / "app.py")


def test_the_projects_own_folder_may_be_named_from_outside(tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    assert locate("shop/app.py", str(project), "/root") == project / "app.py"
    (project / "shop").mkdir()
    assert locate("shop/app.py", str(project), "/root") == project / "shop" / "app.py"
    assert locate("~/x", str(project), "/root") == Path("/root/x")


def test_strings_with_slashes_survive_the_removal_of_comments() -> None:
    assert loads_json('{"url": "http://x//y", /* c */ "a": 1,}') == {"url": "http://x//y", "a": 1}


def test_a_fragment_of_a_table_keeps_the_settings_that_it_does_not_show(tmp_path: Path) -> None:
    target = tmp_path / "pyproject.toml"
    target.write_text('[project]\nname = "x"\nrequires-python = ">=3.8"\n\n[tool.a]\nb = 1\n')
    fragment = '[project]\n# newer\nrequires-python = ">=3.10"\n\n[tool.c]\nd = [\n  2,\n]'
    put(_block("pyproject.toml", fragment, Placement.MERGE), target)
    merged = tomllib.loads(target.read_text())
    assert merged == {
        "project": {"name": "x", "requires-python": ">=3.10"},
        "tool": {"a": {"b": 1}, "c": {"d": [2]}},
    }


def test_one_place_of_a_file_is_changed_and_its_bytes_stay(tmp_path: Path) -> None:
    target = tmp_path / "app.ini"
    target.write_bytes(b"name = caf\xe9\nport = 1\n")
    done = put(EditFile(Lines(1, 1), "app.ini", Change.SET, "port", "2"), target)
    assert not done.created
    assert target.read_bytes() == b"name = caf\xe9\nport = 2\n"


@pytest.mark.parametrize("text", [None, "port = 1\nport = 2\n", "host = a\n"])
def test_a_place_that_is_not_there_once_is_not_changed(tmp_path: Path, text: str | None) -> None:
    target = tmp_path / "app.ini"
    if text is not None:
        target.write_text(text)
    with pytest.raises(CannotWriteError, match=r"`(app.ini|port)`"):
        put(EditFile(Lines(1, 1), "app.ini", Change.SET, "port", "3"), target)
    assert text is None or target.read_text() == text
