"""A newcomer's machine: opened, reset and closed."""
