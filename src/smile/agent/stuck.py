"""When the Student is stuck, and why: decided from observations only.

Five triggers; the most specific one wins. Each of the first four can be switched off: then the
Student does not ask for that reason and goes on trying, until the number of failures of the step
reaches ``maxRetriesBeforeHelp`` and ``max_retries`` fires, which can't be switched off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from smile.regex import regex
from smile.wire import CommandOutcome, Failure, Patience, StudentBehavior, Trigger

_MISSING = regex(
    r"command not found|: not found$|No module named|ModuleNotFoundError"
    r"|Cannot find (?:module|package)|ERR_MODULE_NOT_FOUND|Unable to locate package"
    r"|is not recognized as an internal|Could not find a version that satisfies"
    r"|externally-managed-environment|ensurepip is not available|Unsupported engine"
    r"|error while loading shared libraries|Dependency \"?\S+ not found",
    re.MULTILINE,
)
PLACEHOLDER = regex(
    r"<[a-z][\w .,'/-]{0,38}[\w.]>(?!\()|\bpath/to/\w|\bYOUR[_-][A-Z0-9_-]+\b"
    r"|\b[Yy]our[-_](?:[a-z]+[-_]?)+\b|\bxxx+\b|<[A-Z][A-Z0-9_-]+>|\[your[ _-][\w -]+\]"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ask now for this reason, or try again."""

    trigger: Trigger
    ask: bool


def specific_trigger(failure: Failure) -> Trigger:
    """The most specific reason that the evidence bears out."""
    if failure.outcome is CommandOutcome.TIMED_OUT:
        return Trigger.TIMEOUT
    if failure.command and PLACEHOLDER.search(failure.command):
        return Trigger.AMBIGUOUS_INSTRUCTION
    if failure.exit_code == 127 or _MISSING.search(failure.output[-6000:]):
        return Trigger.MISSING_DEPENDENCY
    if not failure.command and not failure.url and not failure.path:
        return Trigger.AMBIGUOUS_INSTRUCTION
    return Trigger.COMMAND_FAILURE


def judge(failure: Failure, failures: int, behavior: StudentBehavior) -> Verdict:
    """Whether to ask the Mentor after ``failures`` failures (≥ 1) of one step.

    Low patience asks at the first difficulty, medium after two or three approaches, high when
    every option is exhausted; ``maxRetriesBeforeHelp`` bounds them all.
    """
    trigger = specific_trigger(failure)
    if failures >= behavior.max_retries_before_help:
        at_once = failures == 1 and _asks(trigger, behavior)
        return Verdict(trigger if at_once else Trigger.MAX_RETRIES, ask=True)
    if not _asks(trigger, behavior):
        return Verdict(Trigger.MAX_RETRIES, ask=False)
    enough = {Patience.LOW: 1, Patience.MEDIUM: 2, Patience.HIGH: behavior.max_retries_before_help}
    return Verdict(trigger, ask=failures >= enough[behavior.patience_level])


def _asks(trigger: Trigger, behavior: StudentBehavior) -> bool:
    return {
        Trigger.MISSING_DEPENDENCY: behavior.ask_on_missing_dependency,
        Trigger.AMBIGUOUS_INSTRUCTION: behavior.ask_on_ambiguous_instruction,
        Trigger.COMMAND_FAILURE: behavior.ask_on_command_failure,
        Trigger.TIMEOUT: behavior.ask_on_timeout,
        Trigger.MAX_RETRIES: True,
    }[trigger]
