"""Markdown to steps: the way of a careful reader from the first line to the last.

The rule where a text leaves it open: what asks for nothing must not become a command or a file.
Parsing never fails, takes time linear to the text, and knows nothing of particular tutorials.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from smile.regex import regex
from smile.tutorial import (
    changes,
    commands,
    content,
    context,
    conventions,
    fence,
    files,
    prose,
    shell,
    shown,
    text,
    words,
)
from smile.tutorial.blocks import Block, Document, read
from smile.tutorial.choice import FOREIGN_SYSTEMS, alternative, for_others
from smile.tutorial.context import Case, Intro, Memory
from smile.tutorial.model import Check, EditFile, Expect, Run, Skip, SkipReason, Step, WriteFile
from smile.tutorial.scan import Marker
from smile.tutorial.sections import Sections
from smile.tutorial.wanted import Wanted, settle

_NEXT = regex(
    r"^(?:smile:\s*skip|skip:\s*next|skip doccmd\[[^\]]{0,60}\]:\s*next|"
    r"pytest-codeblocks:\s*skip|pytest\.mark\.skip.*|"
    r"pmd-metadata:.*\bnotest\b.*|notest|test ignore|md-?test:?\s*skip|no-?test)$",
    re.IGNORECASE,
)
_START = regex(
    r"^(?:test ignore start|skip doccmd\[[^\]]{0,60}\]:\s*start|"
    r"smile:\s*skip[ -]start|skip:\s*start)$",
    re.IGNORECASE,
)
_END = regex(
    r"^(?:test ignore (?:end|stop)|skip doccmd\[[^\]]{0,60}\]:\s*end|"
    r"smile:\s*skip[ -]end|skip:\s*end)$",
    re.IGNORECASE,
)
_OURS = regex(
    r"\b(?:apt(?:-get)?|pip3?|npm|curl|pipx|cargo|go) (?:-\S+ )?(?:install|add|-)|\bapt\b"
)
_RESULT = regex(r"\b(?:output|result|response|expected)\b", re.IGNORECASE)


def parse(source: str) -> tuple[Step, ...]:
    """The steps of a tutorial, in the order of its lines. Never raises."""
    return steps_of(read(source))


def steps_of(document: Document) -> tuple[Step, ...]:
    """The steps of a tutorial whose blocks are known already."""
    steps = _Reader(document).run()
    return tuple(settle(sorted(steps, key=lambda s: (s.lines.first, s.lines.last))))


class _Reader:
    """Walks over the blocks and remembers what it has read."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.sections = Sections(document)
        self.memory = Memory()
        self.steps: list[Step] = []
        self.intro = Intro()
        self.wanted = Wanted(self.memory, self.sections)
        self.previous: Step | None = None
        self.result_of: Step | None = None
        self.skip_next = False
        self.skipping = False
        self.components: list[Marker] = []
        self.ours: set[int] | None = None
        self.check: Check | None = None
        """What a comment says of the output that follows it."""

    def run(self) -> list[Step]:
        """All steps, in no particular order."""
        blocks = self.document.blocks
        for index, block in enumerate(blocks):
            self._markers(block)
            if block.kind == "heading":
                self._heading(block)
            elif block.kind == "para":
                self.intro.paragraphs.append(block)
                self.intro.sentences += text.sentences(block.text, block.lines.first)
            elif block.kind == "code":
                self._code(block, blocks[index + 1 : index + 2])
        self.components += [m for m in self.document.markers if m.component]
        self._flush(None)
        return self.steps

    def _markers(self, block: Block) -> None:
        for marker in block.markers:
            if _NEXT.match(marker.text[:200]):
                self.skip_next = True
            elif _START.match(marker.text[:200]):
                self.skipping = True
            elif _END.match(marker.text[:200]):
                self.skipping = False
            elif marker.component:
                self.components.append(marker)
            elif given := conventions.exported(marker.text, marker.line):
                self.steps.append(given)
            self.check = conventions.result_check(marker.text) or self.check

    def _heading(self, block: Block) -> None:
        self._flush(None)
        if not _RESULT.search(block.text[:120]):
            self.result_of = None
        self.previous = None
        self.intro = Intro(heading=block)

    def _flush(self, step: Step | None) -> None:
        """Turn the text since the last block into steps, knowing what the next block does."""
        made = self.wanted.steps(self.intro, self.components, step)
        self.components = []
        self.steps += made
        for one in made:
            if isinstance(one, Run):
                self.memory.ran(one.commands)
            if context.shows_result(one):
                self.result_of = one

    def _code(self, block: Block, following: Sequence[Block]) -> None:
        case = self._case(block, following)
        step = self._outer(case) or self._inner(case)
        step = self._marked(case, step)
        if isinstance(step, Expect | Skip):
            self._mark_failure(case)
        self._mark_running(case)
        self._flush(step)
        self.steps.append(step)
        if isinstance(step, Run):
            self.memory.ran(step.commands)
        if not (isinstance(step, Skip) and step.reason is SkipReason.MARKER):
            self.previous = step
        self.result_of = step if context.shows_result(step) else None
        self.intro = Intro(heading=self.intro.heading)

    def _case(self, block: Block, following: Sequence[Block]) -> Case:
        after: list[text.Sentence] = []
        if following and following[0].kind == "para":
            after = text.sentences(following[0].text, following[0].lines.first)
        place = self.sections.place(block)
        wished = any(
            w.kind in ("run", "visit") for s in self.intro.sentences for w in prose.wishes(s)
        )
        heads = tuple(h.text for h in self.sections.trail(block))
        return Case(
            block, fence.read(block.info), self.intro, place, after, self.result_of, wished, heads
        )

    def _outer(self, case: Case) -> Step | None:
        """What the surroundings decide before the block is looked at."""
        if self.skip_next or self.skipping or case.info.skipped:
            self.skip_next = False
            return Skip(case.block.lines, SkipReason.MARKER, case.text)
        if case.place.skip:
            return Skip(case.block.lines, case.place.skip, case.text)
        if for_others(case.intro.last):
            return Skip(case.block.lines, SkipReason.OTHER_SYSTEM, case.text)
        if not case.text.strip():
            return Skip(case.block.lines, SkipReason.ILLUSTRATION, case.text)
        return None

    def _inner(self, case: Case) -> Step:
        language = case.info.language
        check, self.check = self.check, None
        if check is not None and context.shows_result(case.previous):
            return Expect(case.block.lines, case.text, check)
        if language in words.FAILURE:
            return Skip(case.block.lines, SkipReason.ILLUSTRATION, case.text)
        if language in words.OUTPUT:
            return commands.output(case)
        if language == "diff":
            return changes.decide(case, self.memory)
        if language in words.DRAWN or (content.is_tree(case.text) and language in words.PLAIN):
            return Skip(case.block.lines, SkipReason.ILLUSTRATION, case.text)
        if not case.block.fenced and not self._is_told(case):
            return Skip(case.block.lines, SkipReason.UNKNOWN, case.text)
        step = commands.decide(case, self.memory)
        if step is None and self._is_response(case):
            step = commands.output(case)
        if step is None:
            step = files.decide(case, self.memory)
        return self._variant(case, step)

    def _is_told(self, case: Case) -> bool:
        """An indented block needs words before it, or prompts."""
        return bool(case.intro.sentences) or bool(re.search(r"(?m)^\s*(?:\$|>>>) ", case.text))

    def _is_response(self, case: Case) -> bool:
        """Structured text that a program answered with."""
        if case.info.language not in ("json", "xml", "html", "yaml", "csv", "text", "log", "sql"):
            return False
        last = case.intro.last
        answered = re.search(
            r"\brespon[sd]|\breturn|\boutput\b|\bprint|\byou(?:'ll| will|"
            r" should)(?: now)? (?:see|get|receive)\b|\bshould (?:see|get)\b|\bresult\b|"
            r"^\W*we get\b",
            last,
            re.IGNORECASE,
        )
        return bool(answered) and not files.named_strongly(case)

    def _variant(self, case: Case, step: Step) -> Step:
        """The same done in another way is done once."""
        lines = case.block.lines
        if isinstance(step, Run):
            if self._is_foreign(case, step):
                return Skip(lines, SkipReason.OTHER_SYSTEM, case.text)
            if commands.is_variant(case, step, self.previous):
                return Skip(lines, SkipReason.ALTERNATIVE, case.text)
        elif isinstance(step, WriteFile | Skip) and alternative(case.intro.last):
            earlier = self.previous
            if isinstance(step, Skip) or (
                isinstance(earlier, WriteFile) and earlier.path == step.path
            ):
                return Skip(lines, SkipReason.ALTERNATIVE, case.text)
        return step

    def _is_foreign(self, case: Case, step: Run) -> bool:
        """The package manager of another system, where the text also has one of ours."""
        name = shell.program(step.commands[0].text)
        if name not in FOREIGN_SYSTEMS:
            return False
        if re.search(
            r"\b(?:" + re.escape(name) + r"|homebrew)\b", " ".join(case.heads), re.IGNORECASE
        ):
            return True
        return self._ours_near(case.block)

    def _ours_near(self, block: Block) -> bool:
        """Whether the section, or the one around it, has a block for us."""
        top = self._top(block)
        if self.ours is None:
            self.ours = {
                id(heading)
                for other in self.document.blocks
                if other.kind == "code" and _OURS.search(other.text[:3000])
                for heading in self.sections.trail(other)[-4:] or (None,)
            }
        return id(top) in self.ours

    def _top(self, block: Block) -> Block | None:
        trail = self.sections.trail(block)
        return trail[-2] if len(trail) > 1 else (trail[-1] if trail else None)

    def _marked(self, case: Case, step: Step) -> Step:
        """A step in an optional place is optional."""
        if case.place.optional and isinstance(step, Run | WriteFile | EditFile):
            return replace(step, optional=True)
        return step

    def _mark_running(self, case: Case) -> None:
        """After "Leave it running" the command right above is meant to stay."""
        before = self.steps[-1] if self.steps else None
        if isinstance(before, Run) and commands.LEFT_RUNNING.search(case.intro.text[:400]):
            self.steps[-1] = replace(before, background=True)
            self.result_of = self.steps[-1] if self.result_of is before else self.result_of

    def _mark_failure(self, case: Case) -> None:
        """After "You'll now see an error" the command right above is meant to fail."""
        last, text_ = case.intro.last, case.info.language
        told = shown.says_error(last) and not shown.is_conditional(last)
        tagged = text_ in words.FAILURE and not shown.is_conditional(last)
        before = self.steps[-1] if self.steps else None
        if (told or tagged) and isinstance(before, Run) and before is self.result_of:
            self.steps[-1] = self.result_of = replace(before, fails=True)
