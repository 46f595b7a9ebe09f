"""What runs inside the sandbox: the wrappers of Student and Mentor."""
