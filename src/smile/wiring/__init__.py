"""The composition root: Config → a run. Only here are concrete engines named."""

from smile.wiring.observer import Observer
from smile.wiring.running import StoppedEarly, run

__all__ = ["Observer", "StoppedEarly", "run"]
