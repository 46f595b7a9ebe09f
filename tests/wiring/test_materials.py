"""Which of the author's files the newcomer gets."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.users import an_ordinary_user

from smile.wiring import materials


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("a.sh", "sub/b.txt", "img.png", "c d.txt", "ref.yaml", "html.js"):
        put(tmp_path / "docs" / name)
    put(tmp_path / "outside.txt")
    return tmp_path / "docs"


def put(path: Path, content: bytes = b"content") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def given_to_the_newcomer(home: Path, text: str) -> set[str]:
    tutorial = home / "t.md"
    tutorial.write_text(text, encoding="utf-8")
    return set(materials.gather(tutorial, text).files) - {"t.md"}


def test_the_tutorial_itself_is_given_unchanged(home: Path) -> None:
    tutorial = home / "t.md"
    tutorial.write_bytes(b"# T\r\n")
    assert materials.gather(tutorial, "# T\n").files == {"t.md": b"# T\r\n"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[a](a.sh)", "a.sh"),
        ("[a](./a.sh#part)", "a.sh"),
        ("[b](<sub/b.txt>)", "sub/b.txt"),
        ("![i](img.png 'title')", "img.png"),
        ("[c](c%20d.txt)", "c d.txt"),
        ("[r]: ref.yaml", "ref.yaml"),
        ('<script src="html.js"></script>', "html.js"),
        ("[b](sub/../a.sh)", "a.sh"),
    ],
)
def test_a_file_that_is_linked_is_given(home: Path, text: str, name: str) -> None:
    assert given_to_the_newcomer(home, text) == {name}


@pytest.mark.parametrize(
    "text",
    [
        "[o](../outside.txt)",
        "[o](sub/../../outside.txt)",
        "[p](/etc/passwd)",
        "[w](https://example.com/a.sh)",
        "[w](//example.com/a.sh)",
        "[f](file:///etc/passwd)",
        "[m](missing.txt)",
        "[d](sub)",
        "[n](a%00.sh)",
        "[x](http://[broken)",
        "a.sh is not linked",
    ],
)
def test_nothing_else_is_given(home: Path, text: str) -> None:
    assert given_to_the_newcomer(home, text) == set()


def test_a_symlink_that_leads_out_gives_nothing(home: Path) -> None:
    (home / "link.txt").symlink_to("../outside.txt")
    (home / "etc").symlink_to("/etc")
    assert given_to_the_newcomer(home, "[l](link.txt) [p](etc/passwd)") == set()


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        ".smile/state.json",
        "smile.json",
        "smile-report.md",
        "smile-report.json",
        "smile-audit.log",
        "expected.json",
        "sub/expected-gaps.json",
        "Expected.JSON",
    ],
)
def test_answer_keys_old_reports_and_settings_are_never_given(home: Path, name: str) -> None:
    put(home / name)
    (home / "alias.txt").symlink_to(name)
    assert given_to_the_newcomer(home, f"[k]({name}) [a](alias.txt)") == set()


def test_a_file_that_is_too_big_is_left_out_and_named(home: Path) -> None:
    with (home / "big.bin").open("wb") as file:
        file.truncate(materials.LARGEST_FILE + 1)
    text = "[b](big.bin) [a](a.sh)"
    (home / "t.md").write_text(text, encoding="utf-8")
    found = materials.gather(home / "t.md", text)
    assert set(found.files) == {"t.md", "a.sh"}
    (sentence,) = found.left_out
    assert "big.bin" in sentence


@given(target=st.text(st.sampled_from("./%2eEab~\\: \0[]()<>#?é"), max_size=20))
def test_whatever_a_link_says_nothing_outside_is_given(
    target: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("root")
    put(root / "docs/t.md")
    for name in ("a", "b", "e", "docs/a", "docs/b/a"):
        put(root / name)
    text = f"[x]({target})"
    for name in materials.gather(root / "docs/t.md", text).files:
        assert (root / "docs" / name).resolve().is_relative_to(root / "docs")


def test_a_file_that_can_not_be_read_is_left_out_and_told() -> None:
    with TemporaryDirectory() as place:  # where an ordinary user may look, unlike in tmp_path
        home = Path(place)
        home.chmod(0o755)
        tutorial = home / "t.md"
        tutorial.write_text("[s](secret.txt)", encoding="utf-8")
        put(home / "secret.txt")
        (home / "secret.txt").chmod(0)
        with an_ordinary_user():
            found = materials.gather(tutorial, "[s](secret.txt)")
    assert set(found.files) == {"t.md"}
    (told,) = found.left_out
    assert told.startswith("secret.txt can't be read (Permission denied)")
