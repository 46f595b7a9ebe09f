"""What is known of a run before anything is opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from smile.config import Config
from smile.errors import ConfigError
from smile.redaction import Redactor
from smile.sandbox.base import Limits, Network
from smile.tutorial.load import load
from smile.tutorial.model import Tutorial
from smile.wire import RunIdentity
from smile.wiring import materials, providers
from smile.wiring.observer import Observer

__all__ = ["Plan", "make"]


@dataclass(frozen=True, slots=True)
class Plan:
    """``files`` are what the newcomer gets; ``notes`` say what else was given to the sandbox.

    ``redact`` takes secrets out of all that is written and told of the run.
    """

    config: Config
    tutorial: Tutorial
    files: Mapping[str, bytes]
    provider: providers.Choice
    network: Network
    notes: tuple[str, ...]
    redact: Redactor

    @property
    def limits(self) -> Limits:
        """What the sandbox may use."""
        container = self.config.container
        return Limits(memory=container.memory, pids=container.pids, cpus=container.cpus)

    @property
    def tutorial_digest(self) -> str:
        """Changes with any file that the newcomer gets."""
        digest = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    @property
    def config_digest(self) -> str:
        """Changes with what decides on the course of a run; where its report goes does not."""
        values = (  # as in version 1 of the journal, whose runs can be gone on with
            self.provider.name,
            self.config.max_iterations,
            self.config.timeout,
            self.config.container_image,
            self.config.sandbox,
            self.config.student_behavior.model_dump(mode="json"),
            str(self.network.ca_bundle),
            self.network.proxy,
            *(() if self.limits == Limits() else (asdict(self.limits),)),
        )
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()

    def identity(self, run_id: str) -> RunIdentity:
        """What a run of this plan is told apart by; nothing in it is a secret."""
        return RunIdentity(
            run_id=run_id,
            tutorial_digest=self.tutorial_digest,
            config_digest=self.config_digest,
            files={name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()},
            settings={name: json.dumps(value) for name, value in self._settings().items()},
        )

    def _settings(self) -> dict[str, object]:
        behavior = self.config.student_behavior.model_dump(mode="json", by_alias=True)
        bundle = self.network.ca_bundle
        return {
            "llmProvider": self.provider.name,
            "maxIterations": self.config.max_iterations,
            "timeout": self.config.timeout,
            "containerImage": self.config.container_image,
            "--sandbox": self.config.sandbox,
            **{f"studentBehavior.{name}": value for name, value in behavior.items()},
            "container.memory": self.limits.memory,
            "container.pids": self.limits.pids,
            "container.cpus": self.limits.cpus,
            "network.caBundle": str(bundle) if bundle else "",
            "network.proxy": _address(self.network.proxy),
        }


def make(config: Config, environ: Mapping[str, str], observer: Observer, redact: Redactor) -> Plan:
    """Read the tutorial and choose the provider, which is the first thing said.

    Raises ``InputError`` or ``ProviderError``.
    """
    provider = providers.choose(config.llm_provider, environ)
    observer.say(f"provider {provider.name}: {provider.reason}", about="provider")
    tutorial = load(config.tutorial, steps=False)  # the report needs them, at the end
    found = materials.gather(config.tutorial, tutorial.text)
    for sentence in found.left_out:
        observer.say(sentence)
    network, notes = _network(config)
    redact.learn_url(network.proxy)
    told = (*notes, *found.left_out)
    return Plan(config, tutorial, found.files, provider, network, told, redact)


def _network(config: Config) -> tuple[Network, tuple[str, ...]]:
    """What the sandbox gets of the author's network, and the sentences that say so."""
    bundle, proxy = config.network.ca_bundle, config.network.proxy
    if bundle is not None:
        _check_certificates(bundle)
    notes = []
    if bundle is not None:
        notes.append(f"The certificates of the author's network ({bundle}) were given to it.")
    if proxy:
        notes.append(f"The proxy of the author's network ({_address(proxy)}) was given to it.")
    return Network(bundle, proxy), tuple(notes)


def _address(proxy: str) -> str:
    """Host and port: what stands before the @ may be a password."""
    return proxy.rpartition("@")[2].partition("://")[2] or proxy.rpartition("@")[2]


def _check_certificates(bundle: Path) -> None:
    where = "correct network.caBundle of smile.json, or SSL_CERT_FILE and REQUESTS_CA_BUNDLE"
    try:
        bundle.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"the certificates {bundle} do not exist", where) from error
    except OSError as error:
        raise ConfigError(
            f"can't read the certificates {bundle}: {error.strerror}", where
        ) from error
