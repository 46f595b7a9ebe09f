"""What the silence of a program means: waiting, serving, failing, or just busy."""

from __future__ import annotations

from smile.agent.literal import processes


class Watch:
    """Remembers when the program last did something."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.last_output = began
        self.asked: tuple[str, int] = ("", -1)
        self._next_look = began
        self._ticks = -1

    def heard(self, moment: float) -> None:
        """It printed something, or was given an answer."""
        self.last_output = moment
        self._ticks = -1

    def due(self, moment: float) -> bool:
        """Looking through /proc is dear: at most a few times a second."""
        if moment < self._next_look:
            return False
        self._next_look = moment + 0.25
        return True

    def idle(self, root: int) -> bool:
        """Whether nothing below ``root`` has used the processor since the last look."""
        ticks = processes.cpu_ticks(processes.descendants(root))
        before, self._ticks = self._ticks, ticks
        return before >= 0 and ticks - before <= 2


_INTERPRETERS = (">>> ", "... ", "sqlite> ", "irb(main)", "mysql> ", "iex(1)> ", "In [1]: ", "> ")


def is_interpreter_prompt(line: str) -> bool:
    """Whether this last line is the prompt of an interactive interpreter."""
    return line in _INTERPRETERS or (
        line.endswith(("=# ", "=> ", "-# ")) and " " not in line.strip()
    )


def shows_error(output: str) -> bool:
    """Whether a program that keeps running has printed that it can't do its work."""
    tail = output[-6000:]
    return (
        "Traceback (most recent call last)" in tail
        or "app crashed - waiting for file changes" in tail
        or "SyntaxError:" in tail
    )


def question_above(output: str) -> str:
    """The question of a form, which leaves the cursor on the line below it; else nothing."""
    lines = [line.strip() for line in output[-2000:].splitlines() if line.strip()]
    return lines[-1] if lines and lines[-1].endswith("?") else ""
