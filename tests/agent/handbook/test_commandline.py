"""What the words of a command line say."""

from __future__ import annotations

import pytest

from smile.agent.literal.handbook import commandline, variables


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ('cd "$DIR" && ls ${OTHER}/a', ("DIR", "OTHER")),
        ("echo ${PORT:-80} ${HOST-localhost} ${FLAG:+x} ${NAME:=a}", ()),
        ("echo ${NAME:?is missing} ${NAME%.txt} $NAME-1", ("NAME",)),
        ("echo '$A' \\$B", ()),
    ],
)
def test_a_variable_with_a_default_need_not_be_set(text: str, used: tuple[str, ...]) -> None:
    assert variables.used(text) == used


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("read NAME", {"NAME"}),
        ("read -r -p 'Your name? ' NAME AGE", {"NAME", "AGE"}),
        ("read -n 1 KEY", {"KEY"}),
        ("for file in *; do echo $file; done", {"file"}),
        ("A=1 B=2 tool", {"A", "B"}),
    ],
)
def test_what_reads_loops_or_assigns_sets_variables(text: str, names: set[str]) -> None:
    assert variables.assigned(text) >= names


@pytest.mark.parametrize("text", ["cat <<EOF > a.txt\nhi\nEOF", "cat > a.txt <<'EOF'\nhi\nEOF"])
def test_a_redirect_on_either_side_of_a_here_document_is_seen(text: str) -> None:
    assert commandline.redirects(text) == ("a.txt",)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("curl -fsSLO https://example.org/a.csv", {"a.csv"}),
        ("curl -o b.csv https://example.org/a.csv", {"b.csv"}),
        ("curl https://example.org/a.csv", set()),
        ("wget https://example.org/a.csv", {"a.csv"}),
    ],
)
def test_a_download_is_called_like_its_address_where_it_has_no_other_name(
    text: str, made: set[str]
) -> None:
    assert commandline.products(text) == made
