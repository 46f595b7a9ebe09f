"""Which lines of an output tell."""

from __future__ import annotations

from smile.plain import plain
from smile.report.output import same_failure, telling_lines
from smile.wire import CommandOutcome, Failure


def test_error_lines_are_chosen_and_colours_taken_out() -> None:
    output = "Reading package lists...\n\x1b[31mE: Unable to locate package jqq\x1b[0m\nDone\n"

    assert telling_lines(output) == ("E: Unable to locate package jqq",)


def test_of_a_traceback_its_last_line_tells() -> None:
    output = (
        "Traceback (most recent call last):\n"
        '  File "a.py", line 1, in <module>\n    import flask\n'
        "KeyboardInterrupt\n"
    )

    assert telling_lines(output) == ("KeyboardInterrupt",)


def test_an_output_without_errors_is_told_by_its_last_lines() -> None:
    assert telling_lines("\n".join("abcdef")) == ("d", "e", "f")


def test_at_most_eight_lines_are_chosen_the_first_and_the_last_among_them() -> None:
    chosen = telling_lines("\n".join(f"error {n}" for n in range(100)))

    assert len(chosen) == 8
    assert (chosen[0], chosen[-1]) == ("error 0", "error 99")


def test_a_progress_bar_leaves_what_stood_there_last() -> None:
    assert plain("10%\r50%\r100%\r\ndone\n") == "100%\ndone\n"


def failed(output: str, **values: object) -> Failure:
    return Failure.model_validate({"command": "make", "output": output, "exit_code": 2, **values})


def test_numbers_and_temporary_names_do_not_make_another_failure() -> None:
    one = failed("error: /tmp/abc123/x.c:12: unknown type\nmake: *** [all] Error 1")
    other = failed("error: /tmp/zzz999/x.c:14: unknown type\nmake: *** [all] Error 1")

    assert same_failure(one, other)


def test_two_programs_missing_are_two_failures_though_make_ends_both_alike() -> None:
    one = failed("gcc: not found\nmake: *** [all] Error 127")
    other = failed("bison: not found\nmake: *** [all] Error 127")

    assert not same_failure(one, other)


def test_a_timeout_is_another_failure_than_an_exit() -> None:
    assert not same_failure(failed("x"), failed("x", outcome=CommandOutcome.TIMED_OUT))
