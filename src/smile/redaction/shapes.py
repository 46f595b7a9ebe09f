"""How keys and passwords look, and what only looks like one: an example that a tutorial made up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

__all__ = ["MARK", "SHAPES", "URL_PASSWORD", "Shape", "made_up", "without_cut_keys"]

MARK: Final = "[redacted]"


@dataclass(frozen=True, eq=False)
class Shape:
    """One kind of key. To search for its fixed parts is quick, its pattern is not.

    Whatever the text, a pattern takes time that grows with its length only: a run of characters
    is entered at one place. It begins with letters, not with a look behind them, which would be
    tried at every character. The group ``secret`` is taken out, or all of a match.
    """

    parts: tuple[str, ...]
    """In lower case; a text that holds none of them holds no such key."""
    source: str
    flags: re.RegexFlag = re.NOFLAG
    random: bool = True
    """The secret is a random word: one that is none was made up for the reader."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when a text first asks for it: most runs never do."""
        return re.compile(self.source, self.flags)

    def redacted(self, text: str) -> str:
        """The text without such keys; its lines keep their numbers."""
        return self.pattern.sub(self._instead, text)

    def real(self, found: re.Match[str]) -> bool:
        """Whether a match is a secret."""
        return not (self.random and made_up(found[self._group]))

    def _instead(self, found: re.Match[str]) -> str:
        if not self.real(found):
            return found[0]
        start, end = (place - found.start() for place in found.span(self._group))
        lines = "\n" * found[self._group].count("\n")
        return found[0][:start] + MARK + lines + found[0][end:]

    @property
    def _group(self) -> str | int:
        return "secret" if "secret" in self.pattern.groupindex else 0


class _UrlPassword(Shape):
    """``scheme://user:password@host``: both go, unless the password is an example's."""

    def real(self, found: re.Match[str]) -> bool:
        user, password = found["user"], found["password"]
        return len(password) > 3 and password != user and not made_up(password)


_WORDS = re.compile(
    r"(?:^|[\W_])(?:your|my|example|sample|placeholder|change[-_]?me|replace|insert|dummy|fake"
    r"|here)(?:[\W_]|$)|EXAMPLE(?:KEY)?$",
    re.IGNORECASE,
)
_PLACES = re.compile(r"[<>${}*…]|\.\.\.|%[A-Z_]+%|(.)\1{7}")
_PASSWORDS = re.compile(
    r"(?:pass(?:word|wd|code)?|pw|pwd|secret|token|postgres|mysql|mariadb|mongo|redis|rabbitmq|root"
    r"|admin|user|username|guest|test|testing|demo|example|letmein|changeme|hello|foo|bar|x+)?"
    r"[-_]?\d{0,5}!?",
    re.IGNORECASE,
)


def made_up(secret: str) -> bool:
    """Whether a text made this up: "sk-your-key-1234", "ghp_xxxxxxxxxx", "$TOKEN", "password123".

    AWS ends the keys of its documentation with EXAMPLE.
    """
    patterns = (_WORDS.search, _PLACES.search, _PASSWORDS.fullmatch)
    return any(pattern(secret) for pattern in patterns)


class _PrivateKey(Shape):
    """A block of PEM or PGP. Its first line alone is no secret: texts speak of it."""

    def real(self, found: re.Match[str]) -> bool:
        return bool(_MATERIAL.search(found["body"]))


_BEGIN = r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
_END = r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
_BASE64 = r"[A-Za-z0-9+/=]"
_MATERIAL = re.compile(rf"{_BASE64}{{16}}")
_FIELD = r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):[^\n]*"
_TO_THE_KEY = rf"(?:\\[nr]|\n(?:[^\S\n]*{_FIELD}(?=\n))?|[^A-Za-z0-9+/=\n-]){{0,60}}"
"""Line breaks, also as they are written in a text, quotes, spaces, and the fields of a header."""

URL_PASSWORD: Final = _UrlPassword(
    ("://",),
    r"://(?P<secret>(?P<user>[^\s/:@'\"<>]*):(?P<password>[^\s/'\"<>]+))@",
)

_PREFIXES: Final = {
    "SG.": r"[\w-]{16,32}\.[\w-]{32,64}",  # SendGrid
    "dop_v1_": r"[0-9a-f]{40,}",  # DigitalOcean
    "doo_v1_": r"[0-9a-f]{40,}",
    "dor_v1_": r"[0-9a-f]{40,}",
    "SK": r"[0-9a-f]{32}(?!\w)",  # Twilio
    "dapi": r"[0-9a-f]{32}(?:-\d)?(?!\w)",  # Databricks
    "hvs.": r"[\w-]{24,}",  # HashiCorp Vault
    "hvb.": r"[\w-]{24,}",
    "HRKU-": r"[\w-]{36,}",  # Heroku
    "shpat_": r"[0-9a-fA-F]{32}",  # Shopify
    "shpss_": r"[0-9a-fA-F]{32}",
    "shpca_": r"[0-9a-fA-F]{32}",
    "shppa_": r"[0-9a-fA-F]{32}",
    "sq0atp-": r"[\w-]{22,}",  # Square
    "sq0csp-": r"[\w-]{22,}",
    "lin_api_": r"[A-Za-z0-9]{32,}",  # Linear
    "ntn_": r"[A-Za-z0-9]{40,}",  # Notion
    "PMAK-": r"[0-9a-f]{24}-[0-9a-f]{34}",  # Postman
    "glsa_": r"[A-Za-z0-9]{32}_[0-9a-f]{8}",  # Grafana
    "glc_": r"[A-Za-z0-9+/]{32,}={0,2}",
    "sbp_": r"[0-9a-f]{40}",  # Supabase
    "sb_secret_": r"[\w-]{20,}",
    "pscale_tkn_": r"[\w.-]{32,}",  # PlanetScale
    "pscale_pw_": r"[\w.-]{32,}",
    "dp.pt.": r"[A-Za-z0-9]{40,}",  # Doppler
    "NRAK-": r"[A-Z0-9]{27}",  # New Relic
    "sntrys_": r"[\w+/=-]{40,}",  # Sentry
    "sntryu_": r"[0-9a-f]{64}",
    "figd_": r"[\w-]{40,}",  # Figma
    "ATATT3": r"[\w=-]{60,}",  # Atlassian
    "gsk_": r"[A-Za-z0-9]{40,}",  # Groq
    "r8_": r"[A-Za-z0-9]{37}(?!\w)",  # Replicate
    "xai-": r"[A-Za-z0-9]{60,}",
    "pplx-": r"[A-Za-z0-9]{40,}",  # Perplexity
    "rubygems_": r"[0-9a-f]{48}",
    "nfp_": r"[A-Za-z0-9]{36,}",  # Netlify
    "AGE-SECRET-KEY-1": r"[0-9A-Z]{58}",
    "FlyV1 fm2_": r"[\w+/=,-]{40,}",
}
"""How a key begins → what follows: words that nothing else begins with."""


def _begins_with(prefix: str, rest: str) -> Shape:
    return Shape((prefix.lower(),), rf"{re.escape(prefix)}(?<!\w{'.' * len(prefix)}){rest}")


SHAPES: Final = (
    # On one line; or on many, quoted or not. What was cut, or lacks the end, is one to the end.
    _PrivateKey(
        ("private key",),
        rf"{_BEGIN}(?P<body>(?:[^\n-]|-(?!----BEGIN))*?{_END}"
        rf"|{_TO_THE_KEY}{_BASE64}{{16}}[\s\S]*?(?:{_END}|(?=\n\[… [\d,]+ )|\Z))",
    ),
    # Anthropic, OpenAI. A key holds a digit; "sk-learn-contrib-tools" holds none.
    Shape(("sk-", "rk-", "pk-"), r"[srp]k-(?<![\w-]...)(?=[\w-]*\d)[\w-]{16,}"),
    Shape(
        ("k_live_", "k_test_"), r"[srp]k_(?:live|test)_(?<!\w........)[A-Za-z0-9]{10,}"
    ),  # Stripe
    Shape(("whsec_",), r"whsec_(?<!\w......)[A-Za-z0-9+/=]{16,}"),
    Shape(
        tuple(f"gh{kind}_" for kind in "pousr"), r"gh[pousr]_(?<!\w....)[A-Za-z0-9]{16,}"
    ),  # GitHub
    Shape(("github_pat_",), r"github_pat_(?<!\w...........)\w{20,}"),
    Shape(
        ("glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-", "glft-", "gloas-"),  # GitLab
        r"gl(?<!\w..)(?:pat|dt|rt|ptt|cbt|soat|ft|oas)-[\w.-]{16,}",
    ),
    Shape(
        ("akia", "asia", "abia", "acca"),  # AWS
        r"A(?<!\w.)(?:KIA|SIA|BIA|CCA)[0-9A-Z]{16}(?!\w)",
    ),
    Shape(
        ("secret",),
        r"secret_?\s?(?:access)?_?\s?key[^\n]{0,24}?[=:\s\"']"
        r"(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
        re.IGNORECASE,
    ),
    Shape(("aiza",), r"AIza(?<!\w....)[\w-]{30,}"),  # Google
    Shape(("ya29.",), r"ya29\.(?<!\w.....)[\w-]{20,}"),
    Shape(("gocspx-",), r"GOCSPX-(?<!\w.......)[\w-]{20,}"),
    Shape(("xox", "xapp-"), r"x(?<!\w.)(?:ox[abeoprs]|app)-[\w-]{10,}"),  # Slack
    Shape(
        ("hooks.slack.com/",),
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[\w/]{20,})",
    ),
    Shape(("npm_",), r"npm_(?<!\w....)[A-Za-z0-9]{30,}"),
    Shape(("pypi-age",), r"pypi-AgE(?<!\w........)[\w-]{16,}"),
    Shape(("hf_",), r"hf_(?<!\w...)[A-Za-z0-9]{30,}"),  # Hugging Face
    Shape(("dckr_",), r"dckr_(?<!\w.....)[po]at_[\w-]{20,}"),  # Docker
    *(_begins_with(prefix, rest) for prefix, rest in _PREFIXES.items()),
    # Azure. The first of these is the emulator's, which all the world knows.
    Shape(
        ("accountkey", "sharedaccesskey"),
        r"(?:Account|SharedAccess)Key[\"']?\s*[=:]\s*[\"']?"
        r"(?P<secret>(?!Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6)[A-Za-z0-9+/]{24,}={0,2})",
        re.IGNORECASE,
    ),
    Shape(("sig=",), r"[?&]sig=(?P<secret>[\w%+/-]{40,}={0,2})", re.IGNORECASE),
    # Datadog, Twilio and others give words of hexadecimal digits: only their names tell.
    Shape(
        ("dd_", "dd-", "datadog", "twilio", "mailgun"),
        r"(?:dd|datadog|twilio|mailgun)[\w-]{0,24}(?:key|token)[\"']?\s*[=:]\s*[\"']?"
        r"(?P<secret>[0-9a-f]{32,40})(?!\w)",
        re.IGNORECASE,
    ),
    Shape(("discord",), r"discord(?:app)?\.com/api/webhooks/\d+/(?P<secret>[\w-]{20,})"),
    Shape((":aa",), r":AA(?<=\d{8}:AA)(?P<secret>[\w-]{33})(?![\w-])"),  # Telegram
    # Three parts in base64: a JWT. Its letters begin only where a run of such letters does.
    Shape(("eyj",), r"eyJ(?<![\w-]...)[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*", random=False),
    Shape(
        ("bearer",),
        r"bearer\s+(?P<secret>(?=[\w.~+/=-]*[\d=])[\w.~+/=-]{8,})",
        re.IGNORECASE,
    ),
    Shape(
        ("authorization",),
        r"authorization[\"']?\s*[:=]\s*[\"']?(?:basic|token|apikey)\s+(?P<secret>[\w.~+/=-]{4,})",
        re.IGNORECASE,
    ),
    Shape(
        ("x-api-key", "x-goog-api-key", "private-token"),
        r"(?:x-(?:goog-)?api-key|private-token)[\"']?\s*:\s*[\"']?(?P<secret>[^\s'\"]{8,})",
        re.IGNORECASE,
    ),
    # The observer's token of a run, as a browser sends it, and its like.
    Shape(("token=",), r"[?&](?:access_)?token=(?P<secret>[\w.~%-]{16,})", re.IGNORECASE),
    URL_PASSWORD,
)

_END_LINE = re.compile(rf"^[^\S\n]{{0,40}}{_END}", re.MULTILINE)
_KEY_LINE = re.compile(rf"{_BASE64}{{1,80}}")


def without_cut_keys(text: str) -> str:
    """The text without the lines of a private key whose beginning was cut off."""
    lines = text.split("\n")
    for number in _ends(text):
        for above in range(number - 1, -1, -1):
            if not _KEY_LINE.fullmatch(lines[above].strip()):
                break
            lines[above] = ""
        lines[number] = MARK
    return "\n".join(lines)


def _ends(text: str) -> Iterator[int]:
    """The numbers of the lines where a private key ends, from 0."""
    number = last = 0
    for found in _END_LINE.finditer(text):
        number += text.count("\n", last, found.start())
        last = found.start()
        yield number
