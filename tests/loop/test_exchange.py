from __future__ import annotations

import pytest
from tests.loop.outputs import answer, asking, at, command

from smile.errors import StorageError
from smile.loop.exchange import (
    BadBody,
    Exchange,
    Forbidden,
    NotNow,
    Phase,
    Refused,
    Unauthorized,
)
from smile.wire import MentorResult, Observation, Role, StudentResult

STUDENT = StudentResult(student_output=asking(), timestamp=at(0))
MENTOR = answer()


def post(exchange: Exchange, phase: Phase) -> str:
    result: StudentResult | MentorResult = STUDENT if phase.role is Role.STUDENT else MENTOR
    return exchange.accept_result(phase.token, phase.role, result).next_action


async def test_a_result_reaches_the_loop_once_however_often_it_is_posted() -> None:
    exchange = Exchange()
    phase = exchange.open(Role.STUDENT, 1)
    assert [post(exchange, phase) for _ in range(3)] == ["continue"] * 3
    assert phase.result.result() == STUDENT


async def test_a_duplicate_is_acknowledged_while_the_mentor_works_but_not_in_the_next_iteration() -> (
    None
):
    exchange = Exchange()
    student = exchange.open(Role.STUDENT, 1)
    post(exchange, student)
    mentor = exchange.open(Role.MENTOR, 1)
    assert post(exchange, student) == "continue"
    post(exchange, mentor)
    exchange.open(Role.STUDENT, 2)
    for phase in (student, mentor):
        with pytest.raises(Forbidden, match="iteration 1 is over"):
            post(exchange, phase)


async def test_a_result_after_its_turn_is_not_now() -> None:
    exchange = Exchange()
    phase = exchange.open(Role.STUDENT, 1)
    exchange.close_phase()
    with pytest.raises(NotNow):
        post(exchange, phase)
    with pytest.raises(NotNow):
        exchange.accept_observations(phase.token, ())
    assert not phase.result.done()


async def test_each_token_is_good_for_its_own_role_only() -> None:
    exchange = Exchange()
    student = exchange.open(Role.STUDENT, 1).token
    mentor = exchange.open(Role.MENTOR, 1).token
    exchange.check_observer(exchange.observer_token)
    for token, role in ((student, Role.MENTOR), (mentor, Role.STUDENT)):
        exchange.check_role(token, Role.STUDENT if token == student else Role.MENTOR)
        for refused in (token, exchange.observer_token):
            with pytest.raises(Forbidden):
                exchange.check_role(refused, role)
        with pytest.raises(Forbidden):
            exchange.check_observer(token)
    for token in ("", "guess", "ü"):
        with pytest.raises(Unauthorized):
            exchange.check_role(token, Role.STUDENT)
        with pytest.raises(Unauthorized):
            exchange.check_observer(token)


async def test_tokens_are_never_the_same() -> None:
    exchange = Exchange()
    tokens = {exchange.open(role, n).token for n in range(1, 20) for role in Role}
    assert len(tokens | {exchange.observer_token}) == 39


async def test_the_wrapper_is_told_to_stop_when_its_result_or_somebody_ends_the_loop() -> None:
    exchange = Exchange()
    assert post(exchange, exchange.open(Role.STUDENT, 1, ends=lambda _: True)) == "stop"
    phase = exchange.open(Role.STUDENT, 2)
    assert exchange.accept_observations(phase.token, ()).next_action == "continue"
    exchange.request_stop("first")
    exchange.request_stop("second")
    assert exchange.stop_reason == "first"
    assert exchange.accept_observations(phase.token, ()).next_action == "stop"
    assert post(exchange, phase) == "stop"


async def test_a_batch_that_comes_again_is_counted_once() -> None:
    exchange, kept = Exchange(), list[Observation]()
    phase = exchange.open(Role.STUDENT, 1, sink=kept.extend)
    batch = (command(text="a"), command(text="b"))
    for each in (batch, batch, (command(text="c"),)):
        assert exchange.accept_observations(phase.token, each).acknowledged
    assert kept == [*batch, command(text="c")]


async def test_what_can_not_be_kept_ends_the_phase_and_is_not_taken() -> None:
    def full(_: tuple[Observation, ...]) -> None:
        raise StorageError("the disk is full")

    exchange = Exchange()
    phase = exchange.open(Role.STUDENT, 1, sink=full)
    with pytest.raises(NotNow):
        exchange.accept_observations(phase.token, (command(),))
    with pytest.raises(StorageError, match="the disk is full"):
        phase.result.result()


async def test_observations_are_bounded_in_count_and_size_and_the_rest_is_counted() -> None:
    exchange, kept = Exchange(max_observations=3, max_bytes=100), list[Observation]()
    phase = exchange.open(Role.STUDENT, 1, sink=kept.extend)
    exchange.accept_observations(phase.token, (command(text="a"), command(text="b")), 80)
    exchange.accept_observations(phase.token, (command(text="big"),), 30)
    exchange.accept_observations(phase.token, (command(text="c"), command(text="d")), 10)
    assert [each.text for each in kept if each.type == "command"] == ["a", "b", "c"]
    assert (phase.kept, phase.dropped) == (3, 2)


async def test_an_observation_of_another_iteration_is_refused() -> None:
    exchange, kept = Exchange(), list[Observation]()
    phase = exchange.open(Role.STUDENT, 2, sink=kept.extend)
    with pytest.raises(BadBody):
        exchange.accept_observations(phase.token, (command(2), command(1)))
    assert kept == []


async def test_what_the_sink_raises_reaches_the_loop() -> None:
    def full(_: object) -> None:
        raise OSError("full")

    exchange = Exchange()
    phase = exchange.open(Role.STUDENT, 1, sink=full)
    with pytest.raises(OSError, match="full"):
        exchange.accept_observations(phase.token, (command(),))
    assert isinstance(phase.result.exception(), OSError)


def test_every_refusal_has_its_status() -> None:
    assert {kind.__name__: kind.status for kind in Refused.__subclasses__()} == {
        "Unauthorized": 401,
        "Forbidden": 403,
        "NotNow": 503,
        "BadBody": 400,
    }
