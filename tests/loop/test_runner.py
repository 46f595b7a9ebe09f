from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import httpx
import pytest
from tests.loop.host import IDENTITY, Run, a_run
from tests.loop.outputs import at
from tests.loop.stories import transition

from smile.errors import AgentError, SandboxError, StorageError
from smile.loop.events import Begin
from smile.loop.exchange import Exchange
from smile.loop.state import State
from smile.loop.store import Store, read_journal
from smile.redaction import Redactor
from smile.wire import JournalEvent, LoopState, Status

ASK_THEN_COMPLETE = """
if role == "mentor":
    assert task["question"]["questionForMentor"] == "What is missing?"
    answer()
elif task.get("notes"):
    assert task["notes"][0]["answer"] == "install make"
    see("apt install make", "make")
    complete()
else:
    see("make")
    ask()
"""
ALWAYS_ASK = """
answer() if role == "mentor" else ask()
"""


def texts(path: Path) -> list[str]:
    seen = [entry.observation for entry in read_journal(path)]
    return [each.text for each in seen if each is not None and each.type == "command"]


async def test_a_student_that_completes_ends_the_run_and_leaves_no_state_file(
    tmp_path: Path,
) -> None:
    async with a_run(
        tmp_path, "see('make')\nstatus, body = complete()\nassert body['nextAction'] == 'stop'"
    ) as run:
        state = await run.go()
        assert state.status is Status.COMPLETED
        assert not run.store.path.exists()
        assert texts(run.store.journal_path) == ["make"]
        kinds = [entry.event for entry in read_journal(run.store.journal_path)]
        assert kinds[:3] == [
            JournalEvent.RUN_START,
            JournalEvent.MACHINE,
            JournalEvent.ITERATION_START,
        ]
        assert kinds[-1] is JournalEvent.LOOP_COMPLETE
        assert kinds[1:] == [entry.event for entry in run.entries]


async def test_the_mentors_note_reaches_a_fresh_attempt(tmp_path: Path) -> None:
    async with a_run(tmp_path, ASK_THEN_COMPLETE) as run:
        state = await run.go()
        assert state.error_message is None
        assert (state.status, state.iteration) == (Status.COMPLETED, 2)
        assert run.sandbox.starts == ["student", "mentor", "student"]
        assert run.sandbox.resets == 1
        assert [note.answer for note in state.mentor_notes] == ["install make"]
        assert texts(run.store.journal_path) == ["make", "apt install make", "make"]


async def test_a_student_that_stays_stuck_ends_at_the_maximum_with_its_last_answer(
    tmp_path: Path,
) -> None:
    async with a_run(tmp_path, ALWAYS_ASK, max_iterations=2) as run:
        state = await run.go()
        assert state.status is Status.MAX_ITERATIONS
        assert len(state.mentor_notes) == 2
        saved = LoopState.model_validate_json(run.store.path.read_bytes())
        assert saved == state


@pytest.mark.parametrize(
    "program",
    ["give_up()", "answer('no idea', resolvable=False) if role == 'mentor' else ask()"],
    ids=["the student", "the mentor"],
)
async def test_what_nobody_can_resolve_is_a_blocker(tmp_path: Path, program: str) -> None:
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert state.status is Status.BLOCKER


async def test_a_task_says_all_that_a_wrapper_needs(tmp_path: Path) -> None:
    program = f"open({str(tmp_path / 'task')!r}, 'w').write(json.dumps(task)); complete()"
    async with a_run(tmp_path, program) as run:
        await run.go()
        task = json.loads((tmp_path / "task").read_text())
        assert task["environment"] == {"SSL_CERT_FILE": "/ca.pem"}
        assert task["url"] == run.url
        assert (task["role"], task["runId"], task["iteration"]) == ("student", "run1", 1)
        assert task["tutorial"] == "/workspace/tutorial/t.md"


async def test_the_whole_timeout_bites_while_the_student_works_and_keeps_what_was_seen(
    tmp_path: Path,
) -> None:
    async with a_run(tmp_path, "see('make')\ntime.sleep(60)", seconds=1.5) as run:
        began = time.monotonic()
        state = await run.go()
        assert time.monotonic() - began < 90
        assert state.status is Status.TIMEOUT
        assert texts(run.store.journal_path) == ["make"]
        assert run.store.path.exists()
        assert not run.sandbox.alive
        assert state.seconds_used == pytest.approx(1.5, abs=1)


async def test_a_resumed_run_continues_its_clock(tmp_path: Path) -> None:
    with Store(tmp_path / "state.json") as store:
        _, entries = transition(State(store.begin(IDENTITY, at(0)).state, 3), Begin(at(0)))
        store.append(*(entry.model_copy(update={"seconds_used": 99.5}) for entry in entries))
    async with a_run(tmp_path, "time.sleep(60)", seconds=100) as run:
        assert run.beginning.resumed
        began = time.monotonic()
        state = await run.go()
        assert state.status is Status.TIMEOUT
        assert time.monotonic() - began < 90


@pytest.mark.parametrize(
    ("program", "role"),
    [
        ("print('no model here'); sys.exit(7)", "student"),
        ("ask() if role == 'student' else sys.exit('no model here')", "mentor"),
    ],
)
async def test_a_wrapper_that_dies_is_a_fault_of_ours_with_its_last_words(
    tmp_path: Path, program: str, role: str
) -> None:
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert state.status is Status.ERROR
        code = 7 if role == "student" else 1
        assert state.error_message is not None
        assert f"the {role}'s wrapper ended with exit code {code}" in state.error_message
        assert "no model here" in state.error_message
        assert isinstance(run.runner.failure, AgentError)
        assert run.runner.failure.exit_code == 3
        assert JournalEvent.ERROR in [entry.event for entry in run.entries]


async def test_a_machine_that_died_is_a_fault_of_ours(tmp_path: Path) -> None:
    async with a_run(tmp_path, ALWAYS_ASK) as run:
        run.sandbox.breaks_at_reset = True
        state = await run.go()
        assert (state.status, state.error_message) == (Status.ERROR, "the machine died")
        assert isinstance(run.runner.failure, SandboxError)
        assert run.runner.failure.hint == "restart the engine"


async def test_a_result_posted_twice_counts_once(tmp_path: Path) -> None:
    program = """
if role == "mentor": answer()
elif iteration == 2: complete()
else:
    first, second = ask(), ask("Another question?")
    assert first == second == (200, {"acknowledged": True, "nextAction": "continue"})
"""
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert state.status is Status.COMPLETED
        assert [note.question for note in state.mentor_notes] == ["What is missing?"]


async def test_a_token_of_a_past_iteration_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    program = f"""
path = {str(tmp_path / "token")!r}
if role == "mentor": answer()
elif iteration == 1:
    open(path, "w").write(task["token"])
    ask()
else:
    old = task["token"]
    task["token"] = open(path).read()
    codes = [complete()[0], see("x")[0], see("x", iteration=1)[0]]
    task["token"] = old
    give_up() if codes == [403, 403, 403] else print(codes)
"""
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert state.error_message is None
        assert state.status is Status.BLOCKER
        assert texts(run.store.journal_path) == []


async def test_a_student_can_not_answer_as_the_mentor_nor_read_or_stop_the_run(
    tmp_path: Path,
) -> None:
    program = """
codes = [answer()[0], post("/api/stop", {"reason": "x"})[0], see("x", iteration=2)[0],
         post("/api/student/result", {}, token="guess")[0]]
give_up() if codes == [403, 403, 400, 401] else print(codes)
"""
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert (state.status, state.error_message) == (Status.BLOCKER, None)


async def test_observations_after_the_result_are_not_taken(tmp_path: Path) -> None:
    program = """
if role == "mentor": answer("x", resolvable=False)
else:
    ask()
    print(see("late")[0])
"""
    async with a_run(tmp_path, program) as run:
        state = await run.go()
        assert state.status is Status.BLOCKER
        assert texts(run.store.journal_path) == []


async def test_a_flood_of_observations_is_bounded_and_said(tmp_path: Path) -> None:
    exchange = Exchange(max_observations=50)
    program = "for n in range(2): see(*[f'c{n}-{i}' for i in range(40)])\ncomplete()"
    async with a_run(tmp_path, program, exchange=exchange) as run:
        await run.go()
        assert len(texts(run.store.journal_path)) == 50
        said = [entry.message for entry in run.entries if "dropped" in entry.message]
        assert said == ["50 observations were kept, 30 more were dropped"]


async def test_a_wrapper_that_lingers_after_its_result_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smile.loop.wrapper._LINGER", 0.3)
    async with a_run(tmp_path, "complete(); time.sleep(60)") as run:
        state = await run.go()
        assert state.status is Status.COMPLETED
        assert not run.sandbox.alive


async def test_a_request_to_stop_ends_the_run_and_waits_for_nobody(tmp_path: Path) -> None:
    async with a_run(tmp_path, "see('make'); time.sleep(60)") as run:
        going = asyncio.ensure_future(run.go())
        await until_seen(run)
        began = time.monotonic()
        run.runner.request_stop("Ctrl+C")
        state = await going
        assert time.monotonic() - began < 9
        assert (state.status, state.stop_reason) == (Status.STOPPED, "Ctrl+C")
        assert not run.store.path.exists()
        assert not run.sandbox.alive


async def test_a_stop_before_the_beginning_starts_nothing(tmp_path: Path) -> None:
    async with a_run(tmp_path, "complete()") as run:
        run.runner.request_stop("changed my mind")
        state = await run.go()
        assert state.status is Status.STOPPED
        assert run.sandbox.starts == []


async def test_the_api_stops_the_run_and_waits_for_nobody(tmp_path: Path) -> None:
    async with a_run(tmp_path, "see('make'); time.sleep(60)") as run:
        going = asyncio.ensure_future(run.go())
        await until_seen(run)
        began = time.monotonic()
        headers = {"Authorization": f"Bearer {run.exchange.observer_token}"}
        async with httpx.AsyncClient(base_url=run.url, headers=headers) as client:
            answer = await client.post("/api/stop", json={"reason": "seen enough"})
        assert time.monotonic() - began < 9
        body = answer.json()
        assert body["stopped"] is True
        assert (body["finalState"]["status"], body["finalState"]["stopReason"]) == (
            "stopped",
            "seen enough",
        )
        assert (await going).status is Status.STOPPED


async def test_the_state_file_is_there_and_right_at_every_transition(tmp_path: Path) -> None:
    async with a_run(tmp_path, ASK_THEN_COMPLETE) as run:
        statuses: list[Status] = []
        save = run.store.save

        def saved(state: LoopState) -> None:
            save(state)
            on_disk = LoopState.model_validate_json(run.store.path.read_bytes())
            assert on_disk == state
            statuses.append(on_disk.status)

        run.store.save = saved  # type: ignore[method-assign]
        await run.go()
        attempt = ["starting", "running_student", "waiting_for_student"]
        assert statuses == [*attempt, "running_mentor", "waiting_for_mentor", *attempt]


async def test_a_journal_that_can_not_be_written_ends_the_run_as_a_fault(tmp_path: Path) -> None:
    async with a_run(tmp_path, "see('a'); time.sleep(60)") as run:
        append = run.store.append

        def full(*entries: object) -> None:
            if any(getattr(entry, "observation", None) for entry in entries):
                raise StorageError("can't write the journal: no space left")
            append(*entries)  # type: ignore[arg-type]

        run.store.append = full  # type: ignore[method-assign]
        state = await run.go()
        assert state.status is Status.ERROR
        assert state.error_message == "can't write the journal: no space left"
        assert run.entries[-1].event is JournalEvent.LOOP_COMPLETE
    assert read_journal(run.store.journal_path)[-1].event is JournalEvent.STATUS
    async with a_run(tmp_path, "complete()") as again:
        assert again.beginning.resumed


async def test_a_bug_ends_the_run_as_an_error_and_is_raised(tmp_path: Path) -> None:
    async with a_run(tmp_path, "see('a'); time.sleep(60)") as run:

        def broken(entry: object) -> None:
            if getattr(entry, "observation", None):
                raise ZeroDivisionError("progress")

        run.runner._recorder._on_entry = broken
        with pytest.raises(ZeroDivisionError):
            await run.go()
        state = run.runner.state
        assert state is not None
        assert state.status is Status.ERROR
        assert run.exchange.ended.is_set()
    async with a_run(tmp_path, "complete()") as again:
        assert again.beginning.resumed


async def test_no_secret_leaves_the_loop_but_the_mentor_is_asked_with_all_words(
    tmp_path: Path,
) -> None:
    program = """
if role == "mentor":
    assert task["question"]["questionForMentor"] == "What is tulip7battery for?"
    answer("it is tulip7battery", remedy={"line": 1, "action": "before", "commands": ["a tulip7battery"]})
elif task.get("notes"):
    assert task["notes"][0]["remedy"]["commands"] == ["a tulip7battery"]
    complete()
else:
    see("echo tulip7battery")
    ask("What is tulip7battery for?")
"""
    async with a_run(tmp_path, program) as run:
        run.runner._redact = Redactor([("tulip7battery", "[redacted]")])
        kept: list[str] = []
        save = run.store.save

        def keep(state: LoopState) -> None:
            save(state)
            kept.append(run.store.path.read_text("utf-8"))

        run.store.save = keep  # type: ignore[method-assign]
        with run.exchange.feed.subscribe() as observer:
            state = await run.go()
            while (message := await observer.next()) is not None:
                kept.append(message)
        assert state.status is Status.COMPLETED
        assert run.runner.state is not None
        kept += [run.store.journal_path.read_text("utf-8"), run.runner.state.to_json()]
        kept += [entry.to_json() for entry in run.entries]
    assert "a [redacted]" in "".join(kept)
    assert not [text for text in kept if "tulip7battery" in text]


async def test_a_cancelled_run_keeps_its_state_for_a_resume(tmp_path: Path) -> None:
    async with a_run(tmp_path, "see('make'); time.sleep(60)") as run:
        going = asyncio.ensure_future(run.go())
        await until_seen(run)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        saved = LoopState.model_validate_json(run.store.path.read_bytes())
        assert saved.status is Status.WAITING_FOR_STUDENT
        await asyncio.sleep(0.2)
        assert not run.sandbox.alive


async def until_seen(run: Run) -> None:
    async with asyncio.timeout(10):
        while not any(entry.observation for entry in run.entries):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


DRIVER = """
import asyncio, sys
from pathlib import Path
from tests.loop.host import a_run
from tests.loop.test_runner import CRASHING

async def main():
    async with a_run(Path(sys.argv[1]), CRASHING) as run:
        await run.go()

asyncio.run(main())
"""
CRASHING = """
if role == "mentor": answer()
elif iteration == 1: see("first"); ask()
else:
    see("cut short")
    parent = os.getppid()
    while os.getppid() == parent: time.sleep(0.05)
"""


async def test_a_killed_process_is_resumed_from_its_last_finished_iteration(
    tmp_path: Path,
) -> None:
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DRIVER, str(tmp_path), cwd=root, start_new_session=True
    )
    journal = tmp_path / "journal.jsonl"
    async with asyncio.timeout(20):
        while not journal.exists() or b"cut short" not in journal.read_bytes():  # noqa: ASYNC110 - by another process
            await asyncio.sleep(0.02)
    process.kill()
    await process.wait()

    program = "assert iteration == 2 and task['notes'][0]['answer'] == 'install make'\nsee('again'); complete()"
    async with a_run(tmp_path, program) as run:
        beginning = run.beginning
        state = await run.go()
    assert (beginning.resumed, beginning.dead_run, beginning.state.iteration) == (True, "run1", 1)
    assert beginning.dead_engine == "host"
    assert 0 < beginning.state.seconds_used < state.seconds_used
    assert (state.status, state.iteration) == (Status.COMPLETED, 2)
    assert texts(journal) == ["first", "again"]
    everything = read_journal(journal, abandoned=True)
    assert sum(entry.observation is not None for entry in everything) == 3
