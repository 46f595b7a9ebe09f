"""Blocks of commands: what of them a reader types, and what they print."""

from __future__ import annotations

import re
from itertools import pairwise

from smile.regex import regex
from smile.tutorial import (
    asking,
    choice,
    content,
    context,
    conventions,
    files,
    repl,
    session,
    shell,
    shown,
    words,
)
from smile.tutorial.context import Case, Intro, Memory
from smile.tutorial.model import Expect, Run, Skip, SkipReason, Step, Terminal
from smile.tutorial.shell import Draft

_NEW_TERMINAL = regex(
    r"\b(?:in|into|open|opening|start|starting|launch|use|using|from|to|with|on|have|"
    r"via)\s+(?:an?\s+|the\s+|your\s+|up\s+|yet\s+)*(?:another|second|new|separate|"
    r"different|third|other|additional)\s+(?:\w+\s+){0,2}?(?:terminal|shell|console|"
    r"command prompt|tab|window)s?\b",
    re.IGNORECASE,
)
_SAME_TERMINAL = regex(
    r"\b(?:back (?:in|to)|return to|first|original|same|"
    r"previous)\s+(?:\w+\s+){0,2}?(?:terminal|shell|console|window|tab)\b",
    re.IGNORECASE,
)
_OPTIONAL = regex(
    r"^\W*optional(?:ly)?\b|\(optional\)|^\W*if you (?:want|like|wish|need|"
    r"would like|'d like|are curious|haven't|have not|don't|do not|get|see|can't|cannot|plan|"
    r"intend|decide|only|already|encounter|run into|are (?:upgrading|migrating))\b|"
    r"\b(?:you|we) (?:can|could|may|might) (?:also|optionally)\b|"
    r"\bhere(?:'s| is) how (?:to|you)\b",
    re.IGNORECASE,
)
_ALSO = regex(r"^\W*(?:you|we) (?:can|could|may|might) (?:also|optionally|even)\b", re.IGNORECASE)
_BACKGROUND = regex(r"\bin the background\b", re.IGNORECASE)
LEFT_RUNNING = regex(
    r"\b(?:leave|keep) (?:it|this|that|the \w+)(?: \w+){0,2} (?:running|open)\b|"
    r"\bkeeps? running\b",
    re.IGNORECASE,
)
_EITHER = regex(r"\b(?:either|one|any) of (?:the following|these|those)\b", re.IGNORECASE)
_OR_COMMENT = regex(r"^#+\s*(?:or\b|alternatively\b|\(or\b)", re.IGNORECASE)


def decide(case: Case, memory: Memory) -> Step | None:
    """What a block asks for if it holds commands or output; ``None`` when it holds neither."""
    text = case.text
    rows = shell.dedent(text.split("\n"))
    language = case.info.language
    if case.info.tag in words.WINDOWS or session.is_windows(rows):
        return _skip(case, SkipReason.OTHER_SYSTEM)
    if conventions.is_filled_in(text):
        return _skip(case, SkipReason.UNKNOWN)
    talk = repl.read(case.block) if _may_talk(language) else None
    if talk:
        return talk
    if language not in words.SHELL and language not in words.PLAIN:
        return None
    numbered = list(zip((n for n, _ in case.numbered), rows, strict=True))
    prompts = session.prompted(rows, language)
    if prompts:
        return _session(case, numbered, prompts, memory)
    if language in words.PLAIN:
        return _plain(case, rows, numbered, memory)
    return _commands(case, rows, numbered, memory)


def _may_talk(language: str) -> bool:
    return language in words.SHELL or language in words.PLAIN or language in {
        "python", "pycon", "js", "ruby", "irb", "sql", "elixir", "iex", "julia", "scala", "haskell",
        "redis", "doctest", "psql", "mysql", "sqlite", "lua", "python-console", "ghci", "mongo",
    }  # fmt: skip


def _session(
    case: Case, numbered: list[tuple[int, str]], prompts: list[int], memory: Memory
) -> Step:
    typed = "\n".join(line[n:] for (_, line), n in zip(numbered, prompts, strict=True) if n)
    if shown.is_usage(typed):
        return _skip(case, SkipReason.ILLUSTRATION)
    return _run(case, session.split(numbered, prompts), memory)


def _plain(
    case: Case, rows: list[str], numbered: list[tuple[int, str]], memory: Memory
) -> Step | None:
    """A block without a tag and without prompts: mostly output, sometimes commands or a file."""
    if shown.is_drawing(case.text):
        return _skip(case, SkipReason.ILLUSTRATION)
    last = case.intro.last
    named = files.named(case)
    if named and named.path.endswith(".py") and content.extended_list(case.text):
        return None
    if (
        named
        and named.strong
        and not (
            shown.introduces_output(last)
            and not re.search(
                r"\b(?:creat|add|sav|put|writ|content|replac|updat|edit)", last, re.IGNORECASE
            )
        )
    ):
        return None
    typed = shown.looks_typed(rows)
    told = shown.introduces_command(last) or bool(asking.clauses(last))
    if typed and (told or not shown.introduces_output(last)):
        return _commands(case, rows, numbered, memory)
    if shown.introduces_output(last) or (
        not case.intro.sentences and context.shows_result(case.previous)
    ):
        return output(case)
    again = files.continued(case, memory)
    if again:
        return again
    if last.endswith(":") and shown.introduces_command(last) and _commandlike(rows):
        return _commands(case, rows, numbered, memory)
    return _skip(case, SkipReason.ILLUSTRATION if shown.is_usage(case.text) else SkipReason.UNKNOWN)


def _commandlike(rows: list[str]) -> bool:
    """A few short lines of lower-case words with options: perhaps a misspelt command."""
    filled = [x for x in rows if x.strip()]
    return 0 < len(filled) <= 3 and all(
        re.match(r"^(?:sudo )?[a-z][\w.-]*(?: [\w./@:=~-]+){1,8}$", x) and not shown.is_printed(x)
        for x in filled
    )


def _commands(case: Case, rows: list[str], numbered: list[tuple[int, str]], memory: Memory) -> Step:
    """A block of commands without prompts."""
    if shown.is_drawing(case.text) or shown.is_usage(case.text):
        return _skip(case, SkipReason.ILLUSTRATION)
    script = files.is_script(case)
    if script:
        return files.write_script(case, script, memory)
    last = case.intro.last
    if shown.is_all_printed(rows):
        return output(case)
    if (
        shown.introduces_output(last)
        and not shown.introduces_command(last)
        and not _any_known(rows)
    ):
        return output(case)
    return _run(case, _unprinted(_applicable(shell.split(numbered, comments=True))), memory)


def _any_known(rows: list[str]) -> bool:
    filled = [x.strip() for x in rows if x.strip() and not x.lstrip().startswith("#")]
    return any(shell.program(x) in words.PROGRAMS or x.startswith("./") for x in filled[:3])


def _unprinted(drafts: list[Draft]) -> list[Draft]:
    """Lines below a command that can only be output become what it is expected to print."""
    kept: list[Draft] = []
    printing = False
    for draft in drafts:
        printing = bool(kept) and (
            shown.is_printed(draft.texts[0])
            or (printing and shell.program(draft.texts[0]) not in words.PROGRAMS)
        )
        if printing:
            kept[-1].expected += [(draft.first + i, t) for i, t in enumerate(draft.texts)]
        else:
            kept.append(draft)
    return kept


# --- variants within a block ---------------------------------------------------------------------


def _applicable(drafts: list[Draft]) -> list[Draft]:
    """The commands without those that a comment assigns to others ("# Windows", "# or")."""
    kept: list[Draft] = []
    dropping = False
    taken: tuple[str, ...] = ()
    last = 0
    for draft in drafts:
        bare = draft.texts[0]
        if draft.first > last + 1 and kept:
            dropping = False
        last = draft.last
        if bare.startswith("#"):
            dropping, taken = _for_others(bare, taken, started=bool(kept))
        elif not dropping and not _windows_line(bare):
            kept.append(draft)
    bodies = [d for d in drafts if not d.texts[0].startswith("#")]
    return kept or [d for d in bodies if not _windows_line(d.texts[0])] or bodies


def _for_others(
    comment: str, taken: tuple[str, ...], *, started: bool
) -> tuple[bool, tuple[str, ...]]:
    """Whether the commands below a comment are not for us, and the tools already taken."""
    text = comment.lstrip("# ").strip()
    if choice.heading_applies(text) is False or choice.for_others(text):
        return True, taken
    if _OR_COMMENT.match(comment) and started:
        return True, taken
    named = [t for t in choice.tools(text) if len(text.split()) <= 4]
    family = choice.family(named[0]) if len(named) == 1 else ()
    if family and family == taken:
        return True, taken
    return False, family or taken


def _windows_line(line: str) -> bool:
    command, _, comment = line.partition(" #")
    if re.search(
        r"\\Scripts\\|^\.\\|\.bat\b|^[A-Z]:\\|^set [A-Z_]+=|^\$env:", command.strip(), re.IGNORECASE
    ):
        return True
    note = comment.strip().lower()
    return (
        bool(note)
        and choice.heading_applies(note) is False
        and not re.search(r"\b(?:use|or|not|instead)\b", note)
    )


# --- runs ----------------------------------------------------------------------------------------


def _run(case: Case, drafts: list[Draft], memory: Memory) -> Step:
    typed = [d for d in drafts if d.texts[0].strip()]
    drafts = conventions.annotated(typed, case.info.language)
    if not drafts:
        return _skip(case, SkipReason.MARKER if typed else SkipReason.ILLUSTRATION)
    if _EITHER.search(case.intro.last):
        drafts = drafts[:1]
    commands = tuple(d.command() for d in drafts)
    texts = [c.text for c in commands]
    if _is_series(texts) or _is_generic(case, texts, memory):
        return _skip(case, SkipReason.ILLUSTRATION)
    said = f"{case.intro.last} {case.intro.opening}"
    run = Run(
        case.block.lines,
        commands,
        case.info.language,
        _terminal(case, memory),
        optional=case.place.optional or _is_optional(case.intro),
        fails=shown.says_error(case.intro.last) and not shown.is_conditional(case.intro.last),
        background=case.info.background or bool(_BACKGROUND.search(said)),
    )
    return conventions.on_terms(run, conventions.terms_of(case.info))


def _is_optional(intro: Intro) -> bool:
    return bool(_OPTIONAL.search(intro.last) or _ALSO.match(intro.opening))


def _is_series(texts: list[str]) -> bool:
    """Each command is the one before with more options: examples of a form."""
    split = [shell.tokens(t) for t in texts]
    return len(split) > 1 and all(
        len(a) > 1 and b[: len(a)] == a and len(b) > len(a) for a, b in pairwise(split)
    )


def _is_generic(case: Case, texts: list[str], memory: Memory) -> bool:
    """Whether a command only shows a form: "Files can be removed with `rm filename`"."""
    if len(texts) != 1 or not shown.is_generic(texts[0], memory.words):
        return False
    explaining = any(
        re.match(
            r"^\W*(?:background|overview|explanation|theory|syntax|concepts?)\b", h, re.IGNORECASE
        )
        for h in case.heads
    )
    return explaining or bool(
        re.search(
            r"\b(?:can|may) (?:easily )?be\b|\bin general\b|\bgeneral form\b|\bsyntax\b",
            case.intro.last,
            re.IGNORECASE,
        )
    )


def _terminal(case: Case, memory: Memory) -> Terminal:
    for sentence in reversed(case.intro.sentences):
        if _SAME_TERMINAL.search(sentence.plain) and not _NEW_TERMINAL.search(sentence.plain):
            return Terminal.SAME
        if _NEW_TERMINAL.search(sentence.plain):
            return Terminal.NEW if memory.done else Terminal.SAME
    return Terminal.SAME


# --- output --------------------------------------------------------------------------------------


def output(case: Case) -> Step:
    """A block of output: expected after the command before it, or an illustration."""
    last = case.intro.last
    if shown.is_drawing(case.text) or shown.is_conditional(last):
        return _skip(case, SkipReason.ILLUSTRATION)
    check = conventions.check_of(case.info, case.text)
    if case.wished:
        return Expect(case.block.lines, case.text, check)
    if shown.is_again(last) or not context.shows_result(case.previous):
        return _skip(case, SkipReason.ILLUSTRATION)
    return Expect(case.block.lines, case.text, check)


def is_variant(case: Case, step: Run, earlier: Step | None) -> bool:
    """Whether commands are another way to do what the block before them did."""
    sentence = case.intro.last
    if not choice.alternative(sentence) and not choice.alternative(case.intro.opening):
        return _is_labelled(case, step, earlier)
    if choice.tools(sentence) or re.search(r"\bprefer\b|\brather\b", sentence, re.IGNORECASE):
        return True
    if not isinstance(earlier, Run):
        return isinstance(earlier, Skip) and earlier.reason is not SkipReason.UNKNOWN
    mine, theirs = _all_programs(step), _all_programs(earlier)
    return bool(mine & theirs) or any(set(choice.family(p)) & theirs for p in mine)


def _all_programs(step: Run) -> set[str]:
    return {p for c in step.commands for p in shell.programs(c.text)} - {"cd", "mkdir", "source"}


def _is_labelled(case: Case, step: Run, earlier: Step | None) -> bool:
    """Whether at most a label ("yarn:") separates it from the same with another tool."""
    if not isinstance(earlier, Run) or len(case.intro.text.split()) > 5:
        return False
    mine, theirs = _all_programs(step), _all_programs(earlier)
    return len(mine) == 1 and len(theirs) == 1 and mine != theirs and _same_job(step, earlier)


def _same_job(step: Run, earlier: Run) -> bool:
    one, other = shell.program(step.commands[0].text), shell.program(earlier.commands[0].text)
    family = choice.family(one)
    if not family or other not in family or one in ("npx", "python", "python3"):
        return False
    mine, theirs = (set(shell.words_of(s.commands[0].text)[1:]) for s in (step, earlier))
    jobs = {"install", "add", "i", "create", "init", "run", "dlx", "exec", "-g", "global", "new"}
    shared = {w for w in mine & theirs if w not in jobs}
    return bool(shared) and bool(mine & jobs) and bool(theirs & jobs)


def _skip(case: Case, reason: SkipReason) -> Skip:
    return Skip(case.block.lines, reason, case.text)
