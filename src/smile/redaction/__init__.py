"""What leaves SMILE holds no secret: one function of text, which every sink asks."""

from smile.redaction.redactor import Redactor, redacted
from smile.redaction.shapes import MARK

__all__ = ["MARK", "Redactor", "redacted"]
