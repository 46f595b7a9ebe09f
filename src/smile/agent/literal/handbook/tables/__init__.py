"""Tables of the handbook: data only."""
