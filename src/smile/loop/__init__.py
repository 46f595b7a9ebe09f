"""The loop: a pure state machine, the shell that performs its commands, and the store."""
