"""Which provider plays Student and Mentor, and why."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, assert_never

from smile.config import Provider
from smile.errors import ProviderError

__all__ = ["KNOWN", "Choice", "Model", "choose"]


@dataclass(frozen=True, slots=True)
class Model:
    """What a provider that asks a model needs: its program, and one of these keys."""

    program: str
    keys: tuple[str, ...]

    def key(self, environ: Mapping[str, str]) -> str:
        """The name of the key that is set; empty when none is."""
        return next((key for key in self.keys if environ.get(key)), "")

    def missing(self, environ: Mapping[str, str]) -> tuple[str, ...]:
        """What this machine lacks for it."""
        lacks = [] if shutil.which(self.program) else [f"the program {self.program}"]
        return (*lacks, *(() if self.key(environ) else (" or ".join(self.keys),)))


KNOWN: Final = {
    Provider.CLAUDE: Model("claude", ("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN")),
    Provider.CODEX: Model("codex", ("OPENAI_API_KEY", "CODEX_API_KEY")),
    Provider.GEMINI: Model("gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY")),
}
"""In the order in which ``auto`` looks for them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The provider that runs, and a sentence that says why."""

    name: str
    reason: str


def choose(wanted: Provider, environ: Mapping[str, str]) -> Choice:
    """The provider for this run.

    Raises:
        ProviderError: a provider was named that can't run, with what is missing for it.
    """
    match wanted:
        case Provider.AUTO:
            return Choice("literal", _why_literal(environ))
        case Provider.LITERAL:
            return Choice("literal", "literal was asked for; it needs no model")
        case Provider.CLAUDE | Provider.CODEX | Provider.GEMINI:
            lacks = KNOWN[wanted].missing(environ)
            also = f"; also missing here: {', '.join(lacks)}" if lacks else ""
            raise ProviderError(
                f"this version of SMILE has only the provider literal: what drives {wanted} is "
                f"missing from it{also}",
                "leave --provider and llmProvider out, or take literal",
            )
    assert_never(wanted)


def _why_literal(environ: Mapping[str, str]) -> str:
    key = next((key for model in KNOWN.values() if (key := model.key(environ))), "")
    if key:
        return f"this version drives no model yet, so {key} is not used"
    return "no key of a model is set, and literal needs none"
