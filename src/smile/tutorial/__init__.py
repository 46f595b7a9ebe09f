"""Markdown in, ``Tutorial`` out: its text, its images and its steps."""
