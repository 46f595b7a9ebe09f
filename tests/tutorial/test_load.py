"""A file to a tutorial: what is refused and why, and which images belong to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from smile.errors import TutorialError
from smile.tutorial.load import load
from smile.tutorial.model import Image, Run

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def write(tmp_path: Path, text: str | bytes, name: str = "t.md") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def image(tmp_path: Path, text: str) -> Image:
    (found,) = load(write(tmp_path, text)).images
    return found


def test_the_text_is_kept_as_it_is(tmp_path: Path) -> None:
    text = "# Title\r\n\r\n```sh\r\nls\r\n```\r\n"
    tutorial = load(write(tmp_path, text))
    assert tutorial.text == text
    assert tutorial.name == "t.md"
    assert [type(s) for s in tutorial.steps] == [Run]


def test_a_path_that_the_system_refuses_is_told_with_what_to_try(tmp_path: Path) -> None:
    with pytest.raises(TutorialError, match="File name too long") as caught:
        load(tmp_path / ("a" * 300))
    assert caught.value.hint
    assert isinstance(caught.value.__cause__, OSError)


def test_an_empty_file_is_a_tutorial_without_steps(tmp_path: Path) -> None:
    tutorial = load(write(tmp_path, ""))
    assert (tutorial.text, tutorial.steps, tutorial.images) == ("", (), ())


def test_the_largest_allowed_file_is_read(tmp_path: Path) -> None:
    assert len(load(write(tmp_path, "a" * 102_400)).text) == 102_400


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a" * 102_401, "Tutorial exceeds size limit (100KB)"),
        (b"\x7fELF\x00\x01", "not a valid Markdown file"),
        ("fa\u00e7ade\n".encode("latin-1"), "not a valid Markdown file"),
        (PNG, "not a valid Markdown file"),
    ],
)
def test_what_is_no_tutorial_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TutorialError) as caught:
        load(write(tmp_path, content))
    assert message in caught.value.message
    assert caught.value.hint


def test_the_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(TutorialError, match="line 3"):
        load(write(tmp_path, b"a\nb\n\xe9\n"))


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "none.md", "There is no tutorial"),
        (tmp_path, "is a directory"),
    ):
        with pytest.raises(TutorialError, match=message) as caught:
            load(path)
        assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "![x](img/a.png)",
        '![x](img/a.png "title")',
        "![x](<img/a.png>)",
        "![x][pic]\n\n[pic]: img/a.png",
        '<img class="y" src="img/a.png" width="4">',
        '<p>\n<img\n  src="img/a.png"\n/>\n</p>',
        "- item\n\n  ![x](./img/a.png)",
    ],
)
def test_images_are_found_however_they_are_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "a.png").write_bytes(PNG)
    found = image(tmp_path, text)
    assert found.data == PNG
    assert found.why_missing == ""
    assert "img/a.png" in found.reference


def test_an_image_knows_its_line(tmp_path: Path) -> None:
    assert image(tmp_path, "a\n\nb ![x](a.png)").lines.first == 3


def test_a_missing_image_is_told_and_no_error(tmp_path: Path) -> None:
    found = image(tmp_path, "![x](gone.png)")
    assert found.data is None
    assert found.why_missing == "there is no such file"


@pytest.mark.parametrize("reference", ["../secret.png", "/etc/passwd", "a/../../secret.png"])
def test_an_image_outside_of_the_directory_is_not_read(tmp_path: Path, reference: str) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a").mkdir()
    found = image(inner, f"![x]({reference})")
    assert found.data is None
    assert "outside" in found.why_missing


def test_a_symlink_does_not_lead_outside(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PNG)
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.png").symlink_to(tmp_path / "secret.png")
    assert image(inner, "![x](a.png)").data is None


def test_remote_images_and_images_in_code_are_ignored(tmp_path: Path) -> None:
    text = "![x](https://example.com/a.png) ![y](data:image/png;base64,AA) ![z](//example.com/a.png)\n\n```md\n![x](a.png)\n```\n"
    assert load(write(tmp_path, text)).images == ()


def test_an_image_with_spaces_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(PNG)
    assert image(tmp_path, "![x](a%20b.png)").data == PNG


def test_an_image_that_is_shown_twice_is_loaded_once(tmp_path: Path) -> None:
    assert len(load(write(tmp_path, "![x](a.png)\n\n![x](a.png)")).images) == 1


def test_a_name_that_no_file_can_have_is_told(tmp_path: Path) -> None:
    found = image(tmp_path, "![x](" + "a" * 900 + ".png)")
    assert found.data is None
    assert found.why_missing


def test_a_picture_in_code_or_in_a_comment_is_not_shown_to_anybody(tmp_path: Path) -> None:
    path = tmp_path / "t.md"
    path.write_text("Write `![a](a.png)`.\n\n<!-- ![b](b.png) -->\n\n![c](c.png)\n", "utf-8")

    assert [image.reference for image in load(path).images] == ["c.png"]
