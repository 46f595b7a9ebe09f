"""What becomes of a wrapper that misbehaves, through real HTTP: each way has its one outcome."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import pytest
from tests.loop.host import a_run
from tests.loop.outputs import completed

from smile.errors import AgentError
from smile.loop.exchange import Exchange
from smile.loop.store import read_journal
from smile.wire import JournalEvent, Status, StudentResult, now

KEEP_TOKEN = "open({path!r}, 'w').write(task['token'])\n"


@pytest.mark.parametrize(
    ("program", "role"),
    [
        ("time.sleep(60)", "student"),
        ("ask() if role == 'student' else time.sleep(60)", "mentor"),
    ],
)
async def test_a_wrapper_that_is_not_heard_of_in_its_time_is_a_fault_of_ours(
    tmp_path: Path, program: str, role: str
) -> None:
    silence, answer = (0.7, 30) if role == "student" else (30, 0.7)
    async with a_run(tmp_path, program, silence=silence, answer=answer) as run:
        state = await run.go()
        assert state.status is Status.ERROR
        assert state.error_message == f"nothing was heard of the {role}'s wrapper in 0.7 s"
        assert isinstance(run.runner.failure, AgentError)
        assert run.runner.failure.exit_code == 3
        assert "fault of SMILE" in run.runner.failure.hint
        assert not run.sandbox.alive


async def test_a_student_that_gives_signs_of_life_has_the_time_of_the_whole_run(
    tmp_path: Path,
) -> None:
    program = "see('make')\nfor _ in range(30): see(); time.sleep(0.2)\ncomplete()"
    async with a_run(tmp_path, program, silence=4) as run:
        state = await run.go()
    assert state.status is Status.COMPLETED
    assert len([each for each in run.entries if each.observation]) == 1


async def test_a_student_that_was_heard_of_and_is_not_any_more_is_a_fault_of_ours(
    tmp_path: Path,
) -> None:
    program = "see('make'); begin('sleep 9'); os.kill(os.getpid(), 19)"
    async with a_run(tmp_path, program, silence=4) as run:
        state = await run.go()
        assert state.status is Status.ERROR
        told = "nothing was heard of the student's wrapper in 4 s at line 2 of the tutorial"
        assert state.error_message == told
        assert isinstance(run.runner.failure, AgentError)
        assert run.runner.failure.exit_code == 3
        assert state.under_way is not None
        assert state.under_way.text == "sleep 9"
        assert "was not seen to end" in state.under_way.sentence
        assert not run.sandbox.alive


async def test_what_is_under_way_is_not_told_where_observations_were_dropped(
    tmp_path: Path,
) -> None:
    program = "begin('sleep 1'); see(*'abc'); time.sleep(60)"
    async with a_run(tmp_path, program, seconds=4, exchange=Exchange(max_observations=1)) as run:
        state = await run.go()
    assert (state.status, state.under_way) == (Status.TIMEOUT, None)


async def test_a_stop_while_a_command_is_typed_tells_which(tmp_path: Path) -> None:
    program = "see('make'); begin('sleep 9'); time.sleep(60)"
    async with a_run(tmp_path, program) as run:
        going = asyncio.ensure_future(run.go())
        while sum(bool(each.observation) for each in run.entries) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        run.runner.request_stop("enough")
        state = await going
    assert (state.status, state.stop_reason) == (Status.STOPPED, "enough")
    assert state.under_way is not None
    assert state.under_way.sentence.startswith("`sleep 9` (line 2) was still running after ")
    assert run.entries[-1].under_way == state.under_way


async def test_the_tutorial_is_not_said_to_take_the_time_of_a_wrapper_that_was_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smile.loop.wrapper._LOST", 1.0)
    monkeypatch.setattr("smile.loop.wrapper._LOOK", 0.2)
    program = "see('make'); os.kill(os.getpid(), 19)"
    async with a_run(tmp_path, program, seconds=6) as run:
        state = await run.go()
        assert state.status is Status.ERROR
        assert "after line 1 of the tutorial" in (state.error_message or "")
        assert isinstance(run.runner.failure, AgentError)


async def test_the_time_in_which_nobody_listened_makes_no_wrapper_silent(tmp_path: Path) -> None:
    """As after a laptop's sleep, or a SMILE that was stopped: time passed, and nothing was heard."""
    program = "see('make'); time.sleep(5)\n"
    program += "for _ in range(10): see(); time.sleep(0.2)\ncomplete()"
    async with a_run(tmp_path, program, silence=4) as run:
        going = asyncio.ensure_future(run.go())
        while not any(each.observation for each in run.entries):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.01)
        time.sleep(6)  # noqa: ASYNC251 - nothing of ours goes on
        assert (await going).status is Status.COMPLETED


async def test_the_whole_timeout_is_a_timeout_also_when_nothing_was_heard(tmp_path: Path) -> None:
    async with a_run(tmp_path, "time.sleep(60)", seconds=0.5, silence=20) as run:
        state = await run.go()
        assert (state.status, state.error_message) == (Status.TIMEOUT, None)
        assert "its wrapper never called" in run.entries[-1].message


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("see('make'); time.sleep(60)", Status.TIMEOUT),
        ("see('make'); sys.exit(3)", Status.ERROR),
        ("see('make'); give_up()", Status.BLOCKER),
    ],
    ids=["its time is over", "it died", "it had its say"],
)
async def test_a_call_that_comes_too_late_changes_nothing(
    tmp_path: Path, program: str, status: Status
) -> None:
    token = tmp_path / "token"
    program = KEEP_TOKEN.format(path=str(token)) + program
    async with a_run(tmp_path, program, seconds=6) as run:
        state = await run.go()
        assert state.status is status
        before = run.store.journal_path.read_bytes()
        headers = {"Authorization": f"Bearer {token.read_text()}"}
        late = StudentResult(student_output=completed(), timestamp=now())
        async with httpx.AsyncClient(base_url=run.url, headers=headers) as client:
            result = await client.post(
                "/api/student/result",
                content=late.to_json(),
                headers={"Content-Type": "application/json"},
            )
            seen = await client.post("/api/student/observations", json={"observations": []})
        again = status is Status.BLOCKER  # a second try of the one that counted
        assert (result.status_code, seen.status_code) == (200 if again else 503, 503)
        assert run.runner.state == state
        assert run.store.journal_path.read_bytes() == before


async def test_a_mentor_that_calls_twice_counts_once(tmp_path: Path) -> None:
    program = """
if role == "student": complete() if task["notes"] else ask()
else:
    first, second = answer("install make"), answer("install cmake")
    assert first == second == (200, {"acknowledged": True, "nextAction": "continue"})
"""
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert state.status is Status.COMPLETED
        assert [note.answer for note in state.mentor_notes] == ["install make"]


async def test_a_mentor_can_neither_act_as_the_student_nor_speak_for_another_iteration(
    tmp_path: Path,
) -> None:
    token = tmp_path / "token"
    program = f"""
if role == "student": ask()
elif iteration == 1:
    open({str(token)!r}, "w").write(task["token"])
    codes = [complete()[0], see("x")[0], post("/api/stop", {{"reason": "x"}})[0]]
    answer() if codes == [403, 403, 403] else print(codes)
else:
    own, task["token"] = task["token"], open({str(token)!r}).read()
    code = answer("of yesterday")[0]
    task["token"] = own
    answer("no", resolvable=False) if code == 403 else print(code)
"""
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert (state.status, state.error_message) == (Status.BLOCKER, None)
        assert [note.answer for note in state.mentor_notes] == ["install make", "no"]


async def test_a_journal_that_is_full_takes_results_but_no_more_observations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smile.loop.store.MAX_JOURNAL_BYTES", 9_000)
    program = """
if role == "mentor": answer()
else:
    for n in range(6): see(*[f"{iteration}-{n}-{i}" for i in range(4)])
    complete() if iteration == 3 else ask()
"""
    async with a_run(tmp_path, program) as run:
        state = await run.go()
    assert (state.status, state.iteration) == (Status.COMPLETED, 3)
    entries = read_journal(run.store.journal_path)
    seen = [each.iteration for each in entries if each.observation is not None]
    assert 0 < len(seen) < 3 * 24
    assert seen.count(3) == 0
    dropped = [each for each in entries if each.event is JournalEvent.DROPPED]
    assert dropped[-1].message == "0 observations were kept, 24 more were dropped"
