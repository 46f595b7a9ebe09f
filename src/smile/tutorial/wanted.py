"""Sentences to steps, without repeating what blocks do."""

from __future__ import annotations

import re
from dataclasses import replace

from smile.regex import regex
from smile.tutorial import amend, choice, components, editing, fence, naming, prose, shell, text
from smile.tutorial.asking import Wish
from smile.tutorial.blocks import Block
from smile.tutorial.context import Intro, Memory
from smile.tutorial.model import (
    Command,
    EditFile,
    Lines,
    Placement,
    Prose,
    Run,
    Skip,
    Step,
    Stop,
    Terminal,
    Visit,
    WriteFile,
)
from smile.tutorial.scan import Marker
from smile.tutorial.sections import Place, Sections

_AGAIN = regex(
    r"\b(?:again|re-?(?:run|start|execute|build|compile|launch)\w*|once more)\b", re.IGNORECASE
)
_NEW_TERMINAL = regex(
    r"\b(?:in|into|open|opening|start|starting|launch|use|using|from|to|with|on|have|"
    r"via)\s+(?:an?\s+|the\s+|your\s+|up\s+|yet\s+)*(?:another|second|new|separate|"
    r"different|third|other|additional)\s+(?:\w+\s+){0,2}?(?:terminal|shell|console|"
    r"command prompt|tab|window)s?\b",
    re.IGNORECASE,
)
_INSTALLER = regex(
    r"^(?:PackageManager|PackageManagers|PackageManagerTabs|InstallCommand|"
    r"InstallTabs|NpmTabs|Npm2Yarn|Install|CreateProject|CodeTabs|Command)$"
)
_COPIED = regex(
    r"^copy\b.{0,60}\b(?:above|example|snippet|code|below|following)\b", re.IGNORECASE | re.DOTALL
)
_LOCAL = regex(r"localhost|127\.0\.0\.1|0\.0\.0\.0")


class Wanted:
    """Makes steps of what paragraphs ask for."""

    def __init__(self, memory: Memory, sections: Sections) -> None:
        self.memory = memory
        self.sections = sections
        self.asked: set[str] = set()
        self.spoken = ""
        """The file that the paragraph spoke of last."""

    def steps(self, intro: Intro, components: list[Marker], step: Step | None) -> list[Step]:
        """The steps of the text before ``step`` (``None``: no block follows)."""
        made: list[Step] = []
        lead: Block | None = None
        for index, paragraph in enumerate(intro.paragraphs):
            lead = lead if paragraph.item else paragraph
            place = self.sections.place(paragraph)
            if place.skip:
                continue
            adjacent = index == len(intro.paragraphs) - 1
            if paragraph.item and _is_description(lead):
                continue
            self.spoken = ""
            for sentence in text.sentences(paragraph.text, paragraph.lines.first):
                self._hear(sentence)
                for wish in prose.wishes(sentence):
                    one = self._step(wish, paragraph, place, step, adjacent=adjacent, made=made)
                    if one:
                        made.append(one)
        made += [s for m in components if (s := self._component(m, step))]
        return made

    def _hear(self, sentence: text.Sentence) -> None:
        named = {path for _, _, path in naming.spans(sentence)}
        if len(named) == 1:
            (self.spoken,) = named

    def _step(
        self,
        wish: Wish,
        paragraph: Block,
        place: Place,
        step: Step | None,
        *,
        adjacent: bool,
        made: list[Step],
    ) -> Step | None:
        soft = wish.soft or place.optional or paragraph.quoted
        lines = wish.sentence.lines
        if wish.kind == "run":
            return self._run(wish, lines, step, soft=soft, adjacent=adjacent, made=made)
        if wish.kind == "visit":
            return Visit(lines, wish.text)
        if wish.kind == "stop":
            return Stop(lines) if not wish.soft else _SoftStop(lines)
        if paragraph.quoted or (place.optional and not wish.about):
            return None
        return self._change(wish, lines, step, adjacent=adjacent)

    def _run(
        self,
        wish: Wish,
        lines: Lines,
        step: Step | None,
        *,
        soft: bool,
        adjacent: bool,
        made: list[Step],
    ) -> Step | None:
        command = wish.text
        if choice.applies(command) is False and shell.program(command) in choice.FOREIGN_SYSTEMS:
            return None
        if _is_shown(wish, step, adjacent=adjacent):
            return None
        done = prose.repeated(command, self.memory.done) or any(
            isinstance(m, Run) and _covers(m, command) for m in made
        )
        if done and not _AGAIN.search(wish.sentence.plain):
            return None
        terminal = (
            Terminal.NEW
            if _NEW_TERMINAL.search(wish.sentence.plain) and self.memory.done
            else Terminal.SAME
        )
        return Run(
            lines,
            (Command(command, _line_of(wish, lines)),),
            terminal=terminal,
            optional=soft,
            inline=True,
        )

    def _change(
        self, wish: Wish, lines: Lines, step: Step | None, *, adjacent: bool
    ) -> Step | None:
        if _COPIED.match(wish.text) and not any(fence.is_path(a) for a in wish.about):
            return None
        near = adjacent or (step is not None and _names(wish, step))
        if step is not None and near and _realised(wish, step):
            return None
        if editing.goes(wish.text) and self.memory.entered & {_base(a) for a in wish.about}:
            return None
        if (
            isinstance(step, WriteFile | Run)
            and wish.kind in ("make", "file")
            and _makes(step, wish)
        ):
            return None
        if wish.kind in ("make", "file") and self._exists(wish):
            return None
        if wish.kind == "make":
            self.asked.update(_base(a) for a in wish.about)
        target = _directory(wish)
        if target and not wish.soft and _base(target) not in self.asked:
            at = _line_of(wish, lines)
            return Run(lines, (Command(f"cd {target}", at),), inline=True)
        if (
            wish.kind == "file"
            and wish.path
            and re.search(r"\bempty\b", wish.text, re.IGNORECASE)
            and not wish.soft
        ):
            self.memory.wrote(wish.path, "")
            return WriteFile(lines, wish.path, "", Placement.REPLACE, named_at=lines.first)
        change = amend.in_words(wish, lines, self.spoken, self.memory) if not wish.soft else None
        return change or Prose(lines, wish.text, wish.about)

    def _exists(self, wish: Wish) -> bool:
        names = [a.rstrip("/").rsplit("/", 1)[-1] for a in wish.about]
        if wish.kind == "file":
            return bool(wish.path) and (
                wish.path in self.memory.files
                or self.memory.resolve(wish.path) in self.memory.files
            )
        return any(n in self.memory.directories for n in names)

    def _component(self, marker: Marker, step: Step | None) -> Step | None:
        """A component that stands for a command (``<PackageManagers type="add" pkg="x" />``)."""
        if not _INSTALLER.match(marker.component):
            return None
        about = tuple(
            v
            for k, v in marker.attributes.items()
            if k in ("pkg", "package", "name", "command", "args") and v
        )
        if isinstance(step, Run) and any(a in c.text for a in about for c in step.commands):
            return None
        lines = Lines(marker.line, marker.line)
        if command := components.command(marker):
            return Run(lines, (Command(command, lines),), inline=True)
        if not about:
            return None
        kind = marker.attributes.get("type", "install")
        return Prose(lines, f"{kind} {' '.join(about)}", about)


class _SoftStop(Stop):
    """A stop that may only be explained: "To stop the server, press Ctrl+C"."""


def settle(steps: list[Step]) -> list[Step]:
    """Drop a stop that was only explained while the server is still needed."""
    settled: list[Step] = []
    for index, step in enumerate(steps):
        if isinstance(step, _SoftStop):
            if _needed(steps[index + 1 :]) or any(isinstance(s, Stop) for s in settled[-1:]):
                continue
            settled.append(Stop(step.lines))
        else:
            settled.append(step)
    return settled


def _needed(rest: list[Step]) -> bool:
    for step in rest[:40]:
        if isinstance(step, Stop):
            return False
        if isinstance(step, Visit):
            return True
        if isinstance(step, Run):
            return any(_LOCAL.search(c.text) for c in step.commands)
    return False


_DESCRIBES = regex(
    r"(?:\b(?:will|does|do|includes?|are|is|has|have|means|can|learn|covers?|"
    r"features?|provides?|allows?|lets|helps? you)\s*:\s*$)|"
    r"^\W*(?:and\s+)?(?:this|that|it|these|those|the (?:above|following|key|code|"
    r"command|script|tutorial))\b",
    re.IGNORECASE,
)


def _is_description(lead: Block | None) -> bool:
    """Whether a list below this paragraph tells what something does ("And that will:")."""
    if lead is None:
        return False
    said = lead.text.rstrip()[-300:]
    return said.endswith(":") and bool(_DESCRIBES.search(said.rsplit(". ", 1)[-1]))


def _is_shown(wish: Wish, step: Step | None, *, adjacent: bool) -> bool:
    """Whether the block below a sentence holds the command of the sentence."""
    command = wish.text
    if isinstance(step, Skip):
        return _same_block(step, command)
    if not isinstance(step, Run):
        return False
    leads = adjacent and wish.sentence.plain.rstrip().endswith(":")
    return _covers(step, command) or (
        leads and any(shell.program(c.text) == shell.program(command) for c in step.commands)
    )


def _covers(step: Run, command: str) -> bool:
    return any(
        shell.same(command, part) for c in step.commands for part in (c.text, *c.text.split("&&"))
    )


def _same_block(step: Skip, command: str) -> bool:
    return any(shell.same(command, line) for line in step.text.split("\n")[:200])


def _line_of(wish: Wish, lines: Lines) -> Lines:
    at = lines.first + wish.sentence.text.count("\n", 0, wish.at)
    return Lines(at, min(lines.last, at))


def _makes(step: Run | WriteFile, wish: Wish) -> bool:
    if isinstance(step, WriteFile):
        return bool(wish.path) and step.path.rsplit("/", 1)[-1] == wish.path.rsplit("/", 1)[-1]
    typed = " ".join(c.text for c in step.commands)
    return any(a.rstrip("/") in typed for a in wish.about)


def _directory(wish: Wish) -> str:
    """The directory of "change into the `app` directory"; empty when it isn't as clear."""
    if wish.kind != "prose" or not editing.goes(wish.text) or len(wish.about) != 1:
        return ""
    said = re.search(r"[`*_]{1,2}\s*(?:project\s+)?(?:sub)?(?:director|folder)", wish.text)
    before = re.search(r"\b(?:directory|folder)(?: called| named)?\s+[`*_]", wish.text)
    simple = re.fullmatch(r"[\w./~@-]{1,80}", wish.about[0])
    return wish.about[0] if simple and (said or before) else ""


def _base(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]


def _names(wish: Wish, step: Step) -> bool:
    """Whether the sentence is the one that names the file of the block."""
    if not isinstance(step, WriteFile | EditFile):
        return False
    paths = {_base(a) for a in wish.about if fence.is_path(a)}
    return step.named_at in wish.sentence.lines or paths == {_base(step.path)}


def _realised(wish: Wish, step: Step) -> bool:
    """Whether the block right below a sentence does what the sentence says."""
    paths = [a for a in wish.about if fence.is_path(a)]
    if isinstance(step, WriteFile | EditFile):
        return not paths or any(p.rsplit("/", 1)[-1] == step.path.rsplit("/", 1)[-1] for p in paths)
    if isinstance(step, Run):
        if editing.goes(wish.text):
            return any(f"cd {a}".rstrip("/") in c.text for a in wish.about for c in step.commands)
        typed = " ".join(c.text for c in step.commands)
        named = [a.strip("/") for a in wish.about]
        return (
            not named
            or any(n in typed for n in named)
            or (bool(re.search(r":\s*$", wish.sentence.plain)) and not paths)
        )
    if isinstance(step, Skip):
        return step.reason.value in ("marker", "other_system", "alternative")
    return False


def optional(step: Run) -> Run:
    """The same, not needed."""
    return replace(step, optional=True)
