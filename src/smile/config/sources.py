"""The ranked sources: flags, ``SMILE_*`` variables, ``smile.json``, defaults.

Paths in ``smile.json``, and the default ones, are relative to the directory of that file; paths
in flags and variables to the current directory. Nothing but ``smile.json`` is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic.alias_generators import to_camel

from smile.config.fields import (
    BOOLEAN,
    DEFAULT_PATHS,
    FLAGS,
    PATHS,
    PORT,
    SECTIONS,
    Kind,
    Values,
    shown,
    snake,
)
from smile.config.file import from_file
from smile.config.model import Config, Container, NetworkConfig
from smile.errors import ConfigError
from smile.wire import StudentBehavior

FILE_NAME: Final = "smile.json"

CA_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What OpenSSL, requests (and pip) and curl read, in the order in which we do."""
PROXY_VARIABLES: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY")

FLAG_NAMES: Final = {
    "tutorial": "TUTORIAL",
    "llmProvider": "--provider",
    "containerImage": "--image",
    "maxIterations": "--max-iterations",
    "outputDir": "--output",
    "failOn": "--fail-on",
}


def load(
    path: Path | None, flags: Mapping[str, object], environ: Mapping[str, str]
) -> tuple[Config, tuple[str, ...]]:
    """Read the configuration; the second value is a warning for each field that is ignored.

    Args:
        path: the file that the author named; ``None`` takes ``smile.json`` of the current
            directory when there is one.
        flags: name of a field (``max_iterations``; also ``port``, ``sandbox``, ``fail_on`` and
            ``keep``) → value; ``None`` means that the flag was not given.
        environ: the environment.

    Raises:
        ConfigError: what is wrong, where, and what is allowed.
    """
    here = _here()
    file = path if path is not None else Path(FILE_NAME) if Path(FILE_NAME).exists() else None
    base = file.absolute().parent if file else here
    values, warnings = from_file(file) if file else ({}, ())
    values = {
        **_anchored(dict(DEFAULT_PATHS), base),
        **_anchored(_network(environ), here),
        **_anchored(values, base),
        **_anchored(_from_environment(environ), here),
        **_anchored(_from_flags(flags), here),
    }
    return _build(values, file), warnings


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigError(
            f"the current directory can't be used: {error.strerror}", "go to one that exists"
        ) from error


def _from_environment(environ: Mapping[str, str]) -> Values:
    values = Values()
    if port := environ.get("SMILE_PORT", ""):
        number = int(port) if re.fullmatch("[0-9]{1,9}", port) else port
        values["port"] = _checked("SMILE_PORT", PORT, number)
    if keep := environ.get("SMILE_KEEP_CONTAINER", ""):
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        value = words.get(keep.strip().lower(), keep)
        values |= _keep(bool(_checked("SMILE_KEEP_CONTAINER", BOOLEAN, value)))
    if directory := environ.get("SMILE_STATE_DIR", ""):
        values["stateFile"] = str(Path(directory) / "state.json")
    return values


def _from_flags(flags: Mapping[str, object]) -> Values:
    given = {to_camel(name): value for name, value in flags.items() if value is not None}
    values = {
        name: _checked(FLAG_NAMES.get(name, f"--{name}"), FLAGS[name], value)
        for name, value in given.items()
    }
    return _keep(bool(values.pop("keep"))) | values if "keep" in values else values


def _network(environ: Mapping[str, str]) -> Values:
    found = {
        "network.caBundle": next((environ[v] for v in CA_VARIABLES if environ.get(v)), ""),
        "network.proxy": next((environ[v] for v in PROXY_VARIABLES if environ.get(v)), ""),
    }
    return {name: value for name, value in found.items() if value}


def _keep(keep: bool) -> Values:  # noqa: FBT001 - the only argument
    return {"container.keepOnFailure": keep, "container.keepOnSuccess": keep}


def _checked(source: str, kind: Kind, value: object) -> object:
    checked = kind.read(value)
    if checked is None:
        raise ConfigError(
            f"{source} must be {kind.allowed}, not {shown(value)}", f"correct or unset {source}"
        )
    return checked


def _anchored(values: Mapping[str, object], base: Path) -> Values:
    return {n: base / Path(str(v)) if n in PATHS else v for n, v in values.items()}


def _build(values: Values, file: Path | None) -> Config:
    top: Values = {}
    parts: dict[str, dict[str, object]] = {section: {} for section in SECTIONS}
    for name, value in values.items():
        section, _, key = name.rpartition(".")
        (parts[section] if section else top)[snake(key)] = value
    return Config(
        **top,  # type: ignore[arg-type] # each was checked by its kind
        file=file,
        student_behavior=StudentBehavior.model_validate(parts["studentBehavior"]),
        container=Container(**parts["container"]),  # type: ignore[arg-type]
        network=NetworkConfig(**parts["network"]),  # type: ignore[arg-type]
    )
