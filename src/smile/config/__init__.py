"""``smile.json``, the environment and the flags → one frozen ``Config``."""

from smile.config.model import Config, Container, FailOn, NetworkConfig, Provider, SandboxKind
from smile.config.sources import load

__all__ = ["Config", "Container", "FailOn", "NetworkConfig", "Provider", "SandboxKind", "load"]
