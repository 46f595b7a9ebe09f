"""Between the sandbox and the world."""
