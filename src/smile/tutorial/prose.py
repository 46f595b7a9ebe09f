"""Sentences that ask for something: run this, visit that, press Ctrl+C, change a file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smile.tutorial import choice, fence, naming, words
from smile.tutorial.shell import program, same
from smile.tutorial.text import Sentence, Span

_RUN_VERBS = "run|execute|type|enter|issue|use|start|try|launch|invoke|call|do|re-?run"
_DO_VERBS = (
    "install|start|build|create|compile|launch|run|test|check|verify|add|initiali[sz]e|init|activate|"
    "generate|deploy|serve|set up|setup|bootstrap|scaffold|execute|format|lint|apply|migrate|download|"
    "clone|fetch|update|upgrade|remove|uninstall|delete|begin|confirm|open|enter|restart|boot|bring|"
    "spin|make|preview|publish|commit|stage|push|pull|list|view|see|inspect"
)
_ADVERB = (
    r"(?:now|then|next|first|firstly|second|secondly|third|finally|lastly|last|again|"
    r"also|after that|afterwards|"
    r"afterward|please|simply|just|so|ok|okay|alright|instead|at this point|"
    r"step \d+|\d+[.)]|[-*+•]|and|or|but|let's|let’s|to begin|to start|to do so|to do this)"
)
_CLAUSE = (
    r"(?:(?:to|in|from|on|at|inside|within|once|after|when|before|for|with|while|as|"
    r"back|if|since|because|"
    r"using|having|given|assuming|by|now that|through|via)\b[^;]{1,220}?,)"
)
_WE = (
    r"(?:you(?:'ll|’ll| will)?(?: (?:can|should|must|need to|have to|may|might|"
    r"want to|could|then|now|first|also|just|simply|next)){0,4}"
    r"|we(?:'ll|’ll| will)?(?: (?:can|should|must|need to|have to|may|might|could|"
    r"want to|then|now|first|also|just|simply|next)){0,4}"
    r"|let(?:'s|’s| us)(?: (?:now|then|first|also|just|try to)){0,2}|make sure (?:to|"
    r"you)|be sure to|go ahead and|don't forget to|remember to)"
)
_LEAD = re.compile(
    rf"^[\s\"“(*_]*(?:{_ADVERB}[\s,:]+)*(?:{_CLAUSE}\s*)?(?:{_ADVERB}[\s,]+)*(?:{_WE}\s+)?(?:{_ADVERB}[\s,]+)*$",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?:\band\s+(?:then\s+|finally\s+)?|,\s*then\s+|\bthen\s+|,\s+|;\s*(?:then\s+)?)$",
    re.IGNORECASE,
)
_IMPERATIVE = re.compile(
    r"(?:create|open|cd|change|go|navigate|move|save|stop|restart|install|add|close|"
    r"switch|make|enter|start|use|type|"
    r"press|run|execute|clone|download|copy|initiali[sz]e|delete|remove|return|edit|"
    r"set|build|activate|\x01+|launch|"
    r"kill|exit|quit|log|connect|wait|leave|head|get|put|write|update|replace|rename|"
    r"clear|empty|paste|append|insert|fill|uncomment|comment|"
    r"modify|adjust)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:you|we) (?:can|could|may|might)(?: now)? (?:also|optionally|even|"
    r"alternatively)\b|^\W*optional(?:ly)?\b|"
    r"\(optional\)|\bif you (?:want|like|wish|prefer|would like|'d like|need|haven't|"
    r"have not|don't|do not|get|see|run into|use|are using)\b|"
    r"^\W*if (?!you(?:'re| are) (?:on|using) (?:linux|debian|ubuntu))|\bfor (?:a|"
    r"the) (?:full |complete )?list\b|\bfor (?:more|help|details|further)\b|"
    r"\bto (?:learn|see|find out|know) more\b|\bto (?:see|get|view|list) (?:a|the|"
    r"all)[^.]{0,30}\b(?:list|options|help|commands)\b|\bmay want to\b|\bfeel free\b",
    re.IGNORECASE,
)
_LOOPBACK = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d{1,5})?(?:/[^\s<>\"'`)\]]*)?",
    re.IGNORECASE,
)
_VISIT = re.compile(
    r"\b(?:visit|open|go (?:back )?to|going to|navigate (?:back )?to|browse to|"
    r"point (?:your|a|the) (?:web )?browser|head (?:over )?to|load|access|"
    r"view|check(?: out)?|see|type|enter|return to|try|look at|reload|refresh|paste|launch|hit)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"\b(?:will|should|automatically|which|that|is|are|it|this|starts?|runs?|"
    r"listen(?:s|ing)?|opens?|serv(?:es|ed|ing)|available|running|would|proxied|"
    r"configured|equivalent|sends?|receives?)\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\b(?:press|hit|type|use|with|using|pressing|hitting|via|enter|do)\s+(?:[`*_<]|"
    r"kbd>|\x01|the\s+|keys?\s+){0,12}"
    r"(?:c(?:on)?tro?l|ctl|\^|⌃|cmd)[`*_>\x01\s]*[+\s-]?[\s<`*_]*(?:kbd>)?c\b",
    re.IGNORECASE,
)
_CTRL_C = re.compile(
    r"(?:\b(?:c(?:on)?tro?l|ctl)\b\W{0,6}c\b|\^C\b|⌃\s?C\b|\bCTRL-?C\b)", re.IGNORECASE
)
_EDIT = re.compile(
    r"^(?:change|edit|modify|update|replace|rename|delete|remove|clear(?: out)?|"
    r"empty|copy|move|paste|add|insert|append|"
    r"put|uncomment|comment out|set|fill in|create|make|adjust|enable|disable|"
    r"change (?:in)?to|navigate|go|switch)\b",
    re.IGNORECASE,
)
_PLAIN_THING = re.compile(
    r"\b(?:file|files|director(?:y|ies)|folder|line|lines|string|heading|entry|"
    r"setting|value|text|section|code)\b",
    re.IGNORECASE,
)
_MAKE = re.compile(r"^(?:create|make)\b", re.IGNORECASE)
_MADE = re.compile(
    r"\b(?:(?:sub)?director(?:y|ies)|(?:sub-?)?folders?|dir|files?)\b", re.IGNORECASE
)
_GO = re.compile(
    r"^(?:change(?: directory)? (?:in)?to|navigate|go (?:back )?(?:in)?to|switch to|"
    r"move (?:in)?to)\b",
    re.IGNORECASE,
)
_NO_COMMAND = re.compile(r"^\s*(?:script|task|function|test|tests|method|target|job|container|server|"
        r"program|app|example|binary|class|file|module|"
    r"key|keyword|option|flag|argument|parameter|field|variable|attribute|property|"
        r"component|hook|package|library|tool|plugin|extension|"
    r"syntax|prefix|suffix|mode|button|tab|menu|instead of|to (?:denote|indicate|"
        r"specify|represent|define|declare))\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """Something that a sentence asks for.

    ``kind``: ``run``, ``visit``, ``stop``, ``prose`` or ``make`` (a file or directory without a
    block). ``soft``: the reader need not do it.
    """

    kind: str
    text: str
    sentence: Sentence
    soft: bool = False
    about: tuple[str, ...] = ()
    path: str = ""
    at: int = 0


def wishes(sentence: Sentence) -> list[Wish]:
    """What a sentence asks for, in its order."""
    if len(sentence.text) > 1500 or choice.for_others(sentence.plain):
        return []
    if choice.alternative(sentence.plain):
        return []
    soft = bool(_SOFT.search(sentence.plain))
    found = [
        *_stops(sentence),
        *_runs(sentence, soft=soft),
        *_edits(sentence, soft=soft),
        *_visits(sentence),
    ]
    return sorted(found, key=lambda w: w.at)


# --- commands ------------------------------------------------------------------------------------


def _runs(sentence: Sentence, *, soft: bool) -> list[Wish]:
    found: list[Wish] = []
    taken = -1
    for span in sentence.spans:
        if not span.code or span.start < taken:
            continue
        text = _command(sentence, span, first=not found)
        if not text:
            continue
        between = sentence.plain[taken : span.start] if taken >= 0 else ""
        if found and re.fullmatch(
            r"[\s\"”)]*(?:,?\s*or\s*|/|,\s*)(?:with\s+\w+:?\s*)?[\s(\"“]*", between
        ):
            found[-1] = _prefer(found[-1], Wish("run", text, sentence, soft, at=span.start))
        else:
            found.append(Wish("run", text, sentence, soft, at=span.start))
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
    verb = re.search(
        rf"(?:^|[\s,;:(])({_RUN_VERBS})(?:\s+(?:the|following|command|commands|this|again|"
        rf"in your terminal|a|an|something like|just|"
        r"simply|once|out|with|up|your (?:app|project|server|application|code|tests|"
        r"program)|it|script|npm|shell|either|with the command|the command))*[:\s]*$",
        lead,
        re.IGNORECASE,
    )
    if verb and _asks(lead[: verb.start(1)]):
        return text if _worth(verb[1], text, after) else ""
    if (
        not first
        and re.search(r"(?:\bor|,|/|\band(?: then)?)\s*$", lead)
        and _has_run(sentence.plain[: span.start])
    ):
        return text if " " in text or program(text) in words.PROGRAMS else ""
    means = re.search(
        r"\b(?:by (?:running|executing|typing|entering|issuing|using|calling)|with|using|"
        r"via)(?:\s+the)?(?:\s+(?:following\s+)?command)?[:\s]*$",
        lead,
        re.IGNORECASE,
    )
    if means and " " in text and program(text) in words.PROGRAMS:
        verb = re.search(
            rf"(?:^|[\s,;:(])({_DO_VERBS})\b[^,;]{{0,120}}$", lead[: means.start()], re.IGNORECASE
        )
        if verb and _asks(lead[: verb.start(1)], strict=True):
            return text
    whole = not lead.strip("*_-. 0123456789") or re.fullmatch(
        r"(?:then|now|next|first|finally|and)[,:\s]*", lead.strip(), re.IGNORECASE
    )
    if (
        whole
        and text.startswith(("cd ", "npm ", "pip ", "git ", "mkdir "))
        and re.match(r"^\s*(?:$|\.|,? and\b|into\b|:)", after)
    ):
        return text
    return ""


def _has_run(before: str) -> bool:
    return bool(re.search(rf"(?:^|\s)({_RUN_VERBS})\s[^a-z]*\x01", before, re.IGNORECASE))


def _worth(verb: str, text: str, after: str) -> bool:
    """Weak verbs need a clear command behind them."""
    name = program(text)
    if verb.lower() in ("use", "try", "enter", "type", "start", "call", "do"):
        if re.match(r"^\s*(?:to|for|as|in|instead|when|if|with)\b", after) and verb.lower() in (
            "use",
            "call",
            "try",
        ):
            return " " in text and name in words.PROGRAMS and bool(re.match(r"^\s*to\b", after))
        return name in words.PROGRAMS and (" " in text or verb.lower() in ("enter", "type"))
    return (
        name in words.PROGRAMS
        or " " in text
        or bool(re.fullmatch(r"(?:\./)?[a-z][a-z0-9_-]{1,30}", text))
    )


def _into(sentence: Sentence, span: Span) -> str:
    """ "`cd` into `my-app`"."""
    after = sentence.text[span.end :]
    found = re.match(
        r"^\s+(?:in)?to\s+(?:the\s+|your\s+)?(?:new\s+|newly created\s+|"
        r"project\s+)*(?:director(?:y|ies)\s+|folder\s+)?[`*_]{1,2}([\w./~@-]{1,80})[`*_]{1,2}",
        after,
    )
    return f"cd {found[1]}" if found and _asks(sentence.plain[: span.start]) else ""


def _is_command(text: str) -> bool:
    if (
        not text
        or len(text) > 400
        or "\n" in text
        or text.endswith(("()", ":", "="))
        or text.startswith(("-", "<", "{", "[", "(", "#", "'", '"', "@", "http", "/"))
    ):
        return False
    if (
        fence.is_path(text)
        and not text.startswith("./")
        and " " not in text
        and program(text) not in words.PROGRAMS
    ):
        return False
    name = program(text)
    if not re.fullmatch(r"[A-Za-z0-9_.@+-]{1,60}", name) or re.search(
        r"\\(?:Scripts|bin)\\|\.exe\b|\.bat\b|^\.\\", text
    ):
        return False
    return name[0].islower() or name in words.PROGRAMS or text.startswith("./")


def _asks(lead: str, *, strict: bool = False) -> bool:
    """Whether what stands before a verb makes it an instruction to the reader."""
    lead = lead[-400:]
    if _LEAD.match(lead):
        return not (strict and re.search(r"\bwe(?:'|’| |$)|\bcan\b", lead, re.IGNORECASE))
    joined = _JOINED.search(lead)
    if joined:
        clause = lead[: joined.start()]
        starts = re.sub(
            rf"^[\s\"“(*_]*(?:{_ADVERB}[\s,:]+)*(?:{_CLAUSE}\s*)?(?:{_ADVERB}[\s,]+)*(?:{_WE}\s+)?(?:{_ADVERB}[\s,]+)*",
            "",
            clause,
            flags=re.IGNORECASE,
        )
        return bool(_IMPERATIVE.match(starts))
    tail = re.search(r"(?:[.;:]|\bto\b[^.;,]{1,80},)\s*$", lead)
    return bool(tail and _LEAD.match(lead[tail.start() + 1 :]) and lead[tail.start()] in ".;:")


# --- browser and keys ----------------------------------------------------------------------------


def _visits(sentence: Sentence) -> list[Wish]:
    text = sentence.text
    found: dict[str, int] = {}
    for address in _LOOPBACK.finditer(text):
        url = address[0].rstrip(".,;:!?*_\u2026")
        if address.start() > 0 and _in_command(sentence, address.start(), url):
            continue
        found.setdefault(url.replace("0.0.0.0", "127.0.0.1"), address.start())  # noqa: S104
    if not found:
        return []
    start = min(found.values())
    before = text[:start]
    verbs = list(_VISIT.finditer(before))
    if not verbs:
        return []
    verb = next((v for v in verbs if _opens(before, v)), None)
    if verb is None:
        return []
    if re.search(r"\b(?:if|unless)\b", before[: verb.start()], re.IGNORECASE) and not re.search(
        r",\s*(?:you|then|please)?", before
    ):
        return []
    return [Wish("visit", url, sentence, at=at) for url, at in found.items()]


def _in_command(sentence: Sentence, at: int, url: str) -> bool:
    return any(
        s.code and s.start <= at < s.end and len(s.text.rstrip("/.")) > len(url) + 1
        for s in sentence.spans
    )


def _opens(before: str, verb: re.Match[str]) -> bool:
    """Whether the reader (not a program) opens the address."""
    lead, rest = before[: verb.start()], before[verb.end() :]
    weak = verb[0].lower() in (
        "access",
        "view",
        "see",
        "check",
        "type",
        "enter",
        "try",
        "paste",
        "launch",
        "hit",
        "load",
        "check out",
        "look at",
    )
    if weak and not re.search(
        r"\bbrowser|address|url|page|site|app|at\b|\s*$", rest, re.IGNORECASE
    ):
        return False
    if verb[0].lower() in ("see",) and not re.search(r"\bat\b|\bto\b|\bvisit\b", rest):
        return False
    if _PASSIVE.search(rest) and not re.search(r"browser", rest):
        return False
    return bool(_asks(lead) or re.search(r"\b(?:you|we) (?:can|should|may|could)(?: (?:now|then|also))?\s+$", lead)
                or (re.search(r"(?:\band|,|;|then|now|to)\s+$", lead) and not _PASSIVE.search(lead[-60:])))  # fmt: skip


def _stops(sentence: Sentence) -> list[Wish]:
    readable = re.sub(r"</?kbd>", "", sentence.text.replace("`", ""))
    if not _CTRL_C.search(readable):
        return []
    text = re.sub(r"[*_+]+", lambda m: "+" if "+" in m[0] else "", readable)
    if not _STOP.search(text) and not re.search(
        r"\b(?:stop|quit|exit|terminate|kill|end|interrupt|shut)\b", text, re.IGNORECASE
    ):
        return []
    hard = re.match(
        rf"^[\s\"“(*_]*(?:{_ADVERB}[\s,:]+)*(?:press|hit|type|stop|use|quit|exit|"
        rf"terminate|kill|interrupt|shut|end)\b",
        text,
        re.IGNORECASE,
    ) or re.search(r"\b(?:and|then|now|first)\s+(?:press|hit|stop)\b|\n(?:Press|Hit|Stop)\b", text)
    purpose = re.search(r"^\W*(?:to|when|once|if)\b", text, re.IGNORECASE)
    asks = bool(hard) or bool(
        purpose
        and re.search(
            r",\s*(?:just\s+|simply\s+)?(?:press|hit|use|type|stop)\b", text, re.IGNORECASE
        )
    )
    if not asks and not re.search(
        r"\b(?:you|we) (?:can|could|may|need to|should|must|have to)\b", text, re.IGNORECASE
    ):
        return []
    soft = (
        not hard
        or bool(re.search(r"\bto (?:stop|quit|exit|terminate|end)\b", text, re.IGNORECASE))
        or bool(purpose)
    )
    if re.search(
        r"\bif you (?:want|wish|need|like)\b|\bat any time\b|\banytime\b", text, re.IGNORECASE
    ):
        return []
    return [
        Wish(
            "stop",
            "",
            sentence,
            soft,
            at=_CTRL_C.search(sentence.text).start() if _CTRL_C.search(sentence.text) else 0,
        )
    ]


# --- changes by hand -----------------------------------------------------------------------------


def _edits(sentence: Sentence, *, soft: bool) -> list[Wish]:
    """The clauses that tell the reader to change something."""
    found: list[Wish] = []
    for start, end in _clauses(sentence):
        body = sentence.plain[start:end].strip()
        if _SHOW.match(body):
            about = tuple(p for _, _, p in naming.spans(sentence))
            if about:
                found.append(
                    Wish("prose", _text(sentence, start, end), sentence, soft, about, at=start)
                )
            continue
        if not _EDIT.match(body):
            continue
        own = [s for s in sentence.spans if start <= s.start < end]
        about = tuple(dict.fromkeys(
            s.text.strip("`'\" ") for s in own if s.text.strip("`'\" ") and (s.code or fence.is_path(s.text) or "/" in s.text)
        ))  # fmt: skip
        if _GO.match(body):
            if (
                not about
                or "terminal" in body
                or re.match(
                    r"^(?:navigate|go|switch|move|change)[^\x01]{0,60}\b(?:page|tab|branch|section|"
                    r"menu|url|browser|settings)\b",
                    body,
                    re.IGNORECASE,
                )
                or "://" in body
            ):
                continue
            found.append(
                Wish("prose", _text(sentence, start, end), sentence, soft, about, at=start)
            )
        elif re.match(
            r"^make (?:sure|use|it|them|a note|any|changes|certain)\b", body, re.IGNORECASE
        ):
            continue
        elif _MAKE.match(body):
            if (
                _MADE.search(body)
                and about
                and not re.search(
                    r"\b(?:project|app|application) (?:called|named)\b", body, re.IGNORECASE
                )
            ):
                kind = (
                    "make"
                    if re.search(r"\bdirector|\bfolder|\bdir\b", body, re.IGNORECASE)
                    else "file"
                )
                path = next((p for _, _, p in naming.spans(sentence) if p in about), "")
                found.append(
                    Wish(kind, _text(sentence, start, end), sentence, soft, about, path, start)
                )
        elif about or (
            _PLAIN_THING.search(body[:80]) and not re.search(r"\bthe following\b|:$", body)
        ):
            found.append(
                Wish("prose", _text(sentence, start, end), sentence, soft, about, at=start)
            )
    return found


_SHOW = re.compile(r"^open\b.{0,80}\bbrowser\b", re.IGNORECASE | re.DOTALL)


def goes(text: str) -> bool:
    """Whether a wish is to change the directory."""
    return bool(_GO.match(text))


def _text(sentence: Sentence, start: int, end: int) -> str:
    said = " ".join(sentence.text[start:end].split()).strip(" ,;")
    return re.sub(r",?\s+(?:and|then|and then)$", "", said)


def _clauses(sentence: Sentence) -> list[tuple[int, int]]:
    """Ranges of the clauses that begin with a verb addressed to the reader."""
    plain = sentence.plain
    lead = re.match(
        rf"^[\s\"“(*_]*(?:{_ADVERB}[\s,:]+)*(?:{_CLAUSE}\s*)?(?:{_ADVERB}[\s,]+)*(?:{_HARD}\s+)?(?:{_ADVERB}[\s,]+)*",
        plain,
        re.IGNORECASE,
    )
    first = lead.end() if lead else 0
    if not _IMPERATIVE.match(plain[first:]):
        first = _without_clause(plain)
        if first < 0:
            return []
    cuts = [first]
    for joint in re.finditer(r"(?:,\s*(?:and\s+)?(?:then\s+)?|\s+and\s+(?:then\s+)?|;\s*)", plain):
        if joint.start() > first and (
            _EDIT.match(plain[joint.end() :]) or _IMPERATIVE.match(plain[joint.end() :])
        ):
            cuts.append(joint.end())
    return list(zip(cuts, [*cuts[1:], len(plain)], strict=True))


_HARD = (
    r"(?:(?:you|we)(?:'ll|’ll| will)?(?: (?:should|must|need to|have to|then|now|"
    r"first|next)){0,3}|let(?:'s|’s| us)(?: (?:now|then|first))?|be sure to|"
    r"go ahead and|don't forget to|remember to)"
)


def _without_clause(plain: str) -> int:
    """ "To use a different icon, create …": where the imperative begins, -1 for nowhere."""
    comma = re.match(rf"^\W*{_CLAUSE}\s*", plain, re.IGNORECASE)
    if comma and _IMPERATIVE.match(plain[comma.end() :]):
        return comma.end()
    return -1


def repeated(text: str, done: list[str]) -> bool:
    """Whether a command was already given, perhaps with more options."""
    return any(same(text, other) for other in done)
