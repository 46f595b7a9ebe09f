from __future__ import annotations

from tests.agent.handbook.scene import gap, on, remedy

from smile.wire import Trigger


def test_what_the_student_did_not_understand_is_passed_on_to_the_writer() -> None:
    answer = on("Change the settings to taste.").ask(
        line=3, trigger=Trigger.AMBIGUOUS_INSTRUCTION, problem="Line 3 names no file."
    )

    assert gap(answer).kind == "ambiguous_instruction"
    assert gap(answer).problem == "Line 3 names no file."
    assert not answer.resolvable
    assert remedy(answer).action == "skip"
