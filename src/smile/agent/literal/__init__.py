"""The provider that needs no model: a careful beginner and a Mentor with a handbook."""
