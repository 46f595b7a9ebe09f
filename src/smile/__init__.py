"""SMILE Loop: find out whether a newcomer can follow your tutorial, before you publish it."""

__version__ = "0.2.0"
