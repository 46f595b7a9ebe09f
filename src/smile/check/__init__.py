"""What can be said of a tutorial without following it. Pure, and light until it finds something."""
