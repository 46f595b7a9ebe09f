"""The handbook: what goes wrong for newcomers, how to tell, and what to do then.

``rules`` lists its entries. The package itself loads nothing, so that what it knows of command
lines, placeholders and packages costs those little who need no entry.
"""
