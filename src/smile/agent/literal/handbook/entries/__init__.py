"""The entries of the handbook: one module per diagnosis, each with ``diagnose(case)``."""
