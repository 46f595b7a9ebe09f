"""Which variables a command line needs from outside, told from its words."""

from __future__ import annotations

import pytest

from smile.agent.literal.handbook import variables


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('while IFS= read -r row; do echo "$row"; done < /etc/hostname', "row"),
        ("ls / | while read p; do echo $p; done", "p"),
        ("echo hello there | { read -r g h; echo $g $h; }", "g h"),
        ('read -p "Your name: " name && echo "$name"', "name"),
        ("read -rn1 -d '' key; echo $key", "key"),
        ("read -a parts; echo $parts", "parts"),
        ("printf -v out '%s' hi; echo $out", "out"),
        ("mapfile -t rows < a.txt; echo $rows", "rows"),
        ("for x in a b; do echo $x; done", "x"),
        ("for ((i = 0; i < 3; i++)); do echo $i; done", "i"),
        ("let n=1; echo $n", "n"),
        ("while getopts ab: opt; do echo $opt; done", "opt"),
        ("select c in a b; do echo $c; done", "c"),
        ("declare -A map; map[a]=1; echo $map", "map"),
        ("export A=1 && echo $A", "A"),
        ("local -r b=2; echo ${b}", "b"),
        ("list+=(x); echo $list", "list"),
    ],
)
def test_what_a_line_sets_itself_is_known(line: str, names: str) -> None:
    assert set(names.split()) <= variables.assigned(line)
    assert set(variables.used(line)) - variables.assigned(line) == set()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("cd $PROJECT", {"PROJECT"}),
        ('echo "$A ${B}"', {"A", "B"}),
        ("echo '$A' \\$B $1 $? $$", set()),
        ("echo ${A:-x} ${#B} ${C%%.*}", set()),
        ("cat <<EOF\n$A\nEOF", set()),
        ("echo read the $manual", {"manual"}),
    ],
)
def test_what_a_line_needs_is_what_it_expands_as_it_stands(line: str, names: set[str]) -> None:
    assert set(variables.used(line)) == names


@pytest.mark.parametrize("name", ["LS_OPTIONS", "COLORTERM", "LC_ALL", "XDG_RUNTIME_DIR", "HOME"])
def test_what_a_session_may_lack_is_nothing_that_a_text_must_set(name: str) -> None:
    assert variables.is_usual(name)


@pytest.mark.parametrize("name", ["PROJECT", "GOPATH", "DATABASE_URL", "XDG"])
def test_what_nobody_sets_must_be_set(name: str) -> None:
    assert not variables.is_usual(name)


@pytest.mark.parametrize("line", ["source /etc/os-release && echo $ID", ". ./env", 'eval "Z=4"'])
def test_a_line_may_set_more_than_its_words_tell(line: str) -> None:
    assert variables.hides(line)
