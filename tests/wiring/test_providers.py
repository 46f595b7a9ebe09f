"""Which provider runs, and why."""

from __future__ import annotations

import pytest

from smile.config import Provider
from smile.errors import ProviderError
from smile.wiring import providers


def test_auto_without_a_key_takes_literal_and_says_that_no_key_is_set() -> None:
    choice = providers.choose(Provider.AUTO, {})
    assert choice.name == "literal"
    assert "no key" in choice.reason


def test_auto_with_a_key_says_that_it_is_not_used() -> None:
    choice = providers.choose(Provider.AUTO, {"OPENAI_API_KEY": "sk-secret"})
    assert choice.name == "literal"
    assert "OPENAI_API_KEY is not used" in choice.reason
    assert "sk-secret" not in choice.reason


def test_literal_can_be_asked_for() -> None:
    assert providers.choose(Provider.LITERAL, {}).name == "literal"


@pytest.mark.parametrize("wanted", [Provider.CLAUDE, Provider.CODEX, Provider.GEMINI])
def test_a_named_model_provider_is_refused_with_what_is_missing(
    wanted: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ProviderError) as caught:
        providers.choose(wanted, {})
    assert caught.value.exit_code == 3
    assert f"the program {wanted}" in caught.value.message
    assert "API_KEY" in caught.value.message
    assert "literal" in caught.value.message


def test_a_key_that_is_there_is_not_named_as_missing() -> None:
    with pytest.raises(ProviderError) as caught:
        providers.choose(Provider.CLAUDE, {"ANTHROPIC_API_KEY": "x"})
    assert "ANTHROPIC_API_KEY" not in caught.value.message
