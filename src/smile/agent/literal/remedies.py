"""The Mentor's remedies, by the line that they belong to."""

from __future__ import annotations

from dataclasses import dataclass

from smile.wire import MentorNote, Remedy, RemedyAction


@dataclass(frozen=True, slots=True)
class Remedies:
    """What earlier notes change at one line, in the order in which they were given."""

    before: tuple[Remedy, ...] = ()
    instead: Remedy | None = None
    after: tuple[Remedy, ...] = ()
    skip: bool = False
    accept: bool = False


def at_line(notes: tuple[MentorNote, ...], *lines: int) -> Remedies:
    """The remedies of these lines; of several replacements the last one counts.

    A file block has two lines to be spoken of: where it is named and where it begins.
    """
    here = [note.remedy for note in notes if note.remedy and note.remedy.line in lines]

    def of(action: RemedyAction) -> tuple[Remedy, ...]:
        return tuple(remedy for remedy in here if remedy.action is action)

    return Remedies(
        before=of(RemedyAction.BEFORE),
        instead=(of(RemedyAction.REPLACE) or (None,))[-1],
        after=of(RemedyAction.AFTER),
        skip=bool(of(RemedyAction.SKIP)),
        accept=bool(of(RemedyAction.ACCEPT)),
    )


def questions(notes: tuple[MentorNote, ...], line: int) -> tuple[str, ...]:
    """What the Student asked about this line: it names what was missing there."""
    return tuple(n.question for n in notes if n.remedy is not None and n.remedy.line == line)
