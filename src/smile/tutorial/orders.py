"""Commands in sentences: "Run `npm test`", "`cd` into `app`", "Start it with `make run`"."""

from __future__ import annotations

import re

from smile.regex import regex
from smile.tutorial import choice, fence, words
from smile.tutorial.asking import Wish, asks
from smile.tutorial.shell import program
from smile.tutorial.text import Sentence, Span

_RUN_VERBS = "run|execute|type|enter|issue|use|start|try|launch|invoke|call|do|re-?run"
_DO_VERBS = (
    "install|start|build|create|compile|launch|run|test|check|verify|add|initiali[sz]e|init|activate|"
    "generate|deploy|serve|set up|setup|bootstrap|scaffold|execute|format|lint|apply|migrate|"
    "download|clone|fetch|update|upgrade|remove|uninstall|delete|begin|confirm|open|enter|restart|boot|bring|"
    "spin|make|preview|publish|commit|stage|push|pull|list|view|see|inspect"
)
_VERB = regex(
    rf"(?:^|[\s,;:(])({_RUN_VERBS})(?:\s+(?:the|following|command|commands|this|again|"
    r"in your terminal|a|an|something like|just|simply|once|out|with|up|"
    r"your (?:app|project|server|application|code|tests|program)|it|script|npm|shell|either|"
    r"with the command|the command|following(?: command)? [^.:`\x01]{1,60}:))*[:\s]*$",
    re.IGNORECASE,
)
_MEANS = regex(
    r"\b(?:by (?:running|executing|typing|entering|issuing|using|calling)|with|using|via)"
    r"(?:\s+the)?(?:\s+(?:following\s+)?command)?[:\s]*$",
    re.IGNORECASE,
)
_DONE = regex(rf"(?:^|[\s,;:(])({_DO_VERBS})\b[^,;]{{0,120}}$", re.IGNORECASE)
_BEFORE = regex(rf"(?:^|\s)({_RUN_VERBS})\s[^a-z]*\x01", re.IGNORECASE)
_OR = regex(r"[\s\"”)]*(?:,?\s*or\s*|/|,\s*)(?:with\s+\w+:?\s*)?[\s(\"“]*")
_ALONE = regex(r"(?:then|now|next|first|finally|and)[,:\s]*", re.IGNORECASE)
_NO_COMMAND = regex(
    r"^\s*(?:script|task|function|test|tests|method|target|job|container|server|"
    r"program|app|example|binary|class|file|module|"
    r"key|keyword|option|flag|argument|parameter|field|variable|attribute|property|"
    r"component|hook|package|library|tool|plugin|extension|"
    r"syntax|prefix|suffix|mode|button|tab|menu|instead of|to (?:denote|indicate|"
    r"specify|represent|define|declare))\b",
    re.IGNORECASE,
)
_WINDOWS = regex(r"\\(?:Scripts|bin)\\|\.exe\b|\.bat\b|^\.\\")
_NO_START = ("-", "<", "{", "[", "(", "#", "'", '"', "@", "http", "/")


def runs(sentence: Sentence, *, soft: bool) -> list[Wish]:
    """The commands that a sentence tells the reader to run."""
    found: list[Wish] = []
    taken = -1
    for span in sentence.spans:
        text = _command(sentence, span, first=not found) if span.code else ""
        if not text or span.start < taken:
            continue
        wish = Wish("run", text, sentence, soft, at=span.start)
        if found and _OR.fullmatch(sentence.plain[taken : span.start]):
            found[-1] = _prefer(found[-1], wish)
        else:
            found.append(wish)
        taken = span.end
    return found


def _prefer(one: Wish, other: Wish) -> Wish:
    """Of two ways in one sentence (`yarn test` or `npm test`) the tool that comes first to hand."""
    members = choice.family(program(one.text))
    first, second = program(one.text), program(other.text)
    if second in members and members.index(second) < members.index(first):
        return other
    return one


def _command(sentence: Sentence, span: Span, *, first: bool) -> str:
    """The command that a code span holds, if the sentence tells the reader to run it."""
    text = re.sub(r"^[$%]\s+", "", span.text)
    before, after = sentence.plain[: span.start], sentence.plain[span.end :]
    if not _is_command(text) or (_NO_COMMAND.match(after) and " " not in text):
        return ""
    if re.match(r"^cd\s*$", text):
        return _into(sentence, span)
    lead = before.rstrip(" \"“'(")
    verb = _VERB.search(lead)
    if verb and asks(lead[: verb.start(1)]):
        return text if _is_worth(verb[1].lower(), text, after) else ""
    told = (not first and _is_joined(lead, before, text)) or _is_means(lead, text)
    return text if told or _is_bare(lead, text, after) else ""


def _is_joined(lead: str, before: str, text: str) -> bool:
    """The second of "run `a` and `b`"."""
    joined = re.search(r"(?:\bor|,|/|\band(?: then)?)\s*$", lead) and _BEFORE.search(before)
    return bool(joined) and (" " in text or program(text) in words.PROGRAMS)


def _is_means(lead: str, text: str) -> bool:
    """Whether it is the means of an order: "Start the server by running `x y`"."""
    means = _MEANS.search(lead)
    if not means or " " not in text or program(text) not in words.PROGRAMS:
        return False
    verb = _DONE.search(lead[: means.start()])
    return bool(verb) and asks(lead[: verb.start(1)] if verb else "", strict=True)


def _is_bare(lead: str, text: str, after: str) -> bool:
    """Whether it stands in the place of a verb: "Then `cd app`"."""
    whole = not lead.strip("*_-. 0123456789") or _ALONE.fullmatch(lead.strip())
    known = text.startswith(("cd ", "npm ", "pip ", "git ", "mkdir "))
    return bool(whole) and known and bool(re.match(r"^\s*(?:$|\.|,? and\b|into\b|:)", after))


def _is_worth(verb: str, text: str, after: str) -> bool:
    """Weak verbs need a clear command behind them."""
    known = program(text) in words.PROGRAMS
    if verb in ("use", "call", "try") and re.match(
        r"^\s*(?:for|as|in|instead|when|if|with)\b", after
    ):
        return False
    if verb in ("use", "try", "enter", "type", "start", "call", "do"):
        return known and (" " in text or verb in ("enter", "type"))
    return known or " " in text or bool(re.fullmatch(r"(?:\./)?[a-z][a-z0-9_-]{1,30}", text))


def _into(sentence: Sentence, span: Span) -> str:
    """The command of "`cd` into `my-app`"."""
    after = sentence.text[span.end :]
    found = re.match(
        r"^\s+(?:in)?to\s+(?:the\s+|your\s+)?(?:new\s+|newly created\s+|"
        r"project\s+)*(?:director(?:y|ies)\s+|folder\s+)?[`*_]{1,2}([\w./~@-]{1,80})[`*_]{1,2}",
        after,
    )
    return f"cd {found[1]}" if found and asks(sentence.plain[: span.start]) else ""


def _is_command(text: str) -> bool:
    """Whether a code span has the shape of a command."""
    if not 0 < len(text) <= 400 or text.endswith(("()", ":", "=")) or text.startswith(_NO_START):
        return False
    name = program(text)
    known = name in words.PROGRAMS
    if fence.is_path(text) and not text.startswith("./") and not known:
        return False
    if not re.fullmatch(r"[A-Za-z0-9_.@+-]{1,60}", name) or _WINDOWS.search(text):
        return False
    return name[0].islower() or known or text.startswith("./")
