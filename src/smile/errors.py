"""The errors that SMILE raises on purpose; anything else that escapes is a bug of ours (exit 70).

A failed command of a tutorial is a result, never one of these::

    SmileError                  exit 70 unless a subclass says otherwise
    ├── InputError              exit 2: what the author gave us is wrong
    │   ├── UsageError          command line
    │   ├── ConfigError         smile.json, environment
    │   ├── TutorialError       the Markdown file
    │   └── StateError          state file and journal: another run, another tutorial, not ours
    └── NoEvidenceError         exit 3: nothing could be observed; never a gap
        ├── SandboxError        no engine, no image, the machine died
        ├── AgentError          a wrapper died, never called back, or talked nonsense
        ├── ProviderError       agent CLI, key or model service is missing or refused
        └── StorageError        state and journal can't be written: no space, no rights
"""

from __future__ import annotations

from typing import ClassVar


class SmileError(Exception):
    """Something failed for a known reason.

    Args:
        message: what failed and why, one sentence, without a full stop at its end.
        hint: what to try, as an instruction; empty when there is nothing to try.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class InputError(SmileError):
    """What the author gave us is wrong."""

    exit_code = 2


class UsageError(InputError):
    """The command line is wrong."""


class ConfigError(InputError):
    """smile.json or a ``SMILE_*`` variable is wrong."""


class TutorialError(InputError):
    """The tutorial can't be read as Markdown."""


class StateError(InputError):
    """State file or journal belong to another run, another tutorial, or are not ours."""


class NoEvidenceError(SmileError):
    """Nothing could be observed: a fault of the environment or of ours, never a gap."""

    exit_code = 3


class SandboxError(NoEvidenceError):
    """No engine, no image, or the machine died."""


class AgentError(NoEvidenceError):
    """A wrapper in the sandbox died, never called back, or talked nonsense."""


class ProviderError(NoEvidenceError):
    """An agent CLI, its key or its model service is missing or refused."""


class StorageError(NoEvidenceError):
    """State and journal can't be written: what stands in the journal can be gone on with."""
