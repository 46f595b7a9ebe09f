"""What crosses a boundary arrives, whatever the programs of a tutorial have made."""

from __future__ import annotations

import os

from smile.wire import Facts


def test_a_file_name_that_is_no_utf_8_can_be_told() -> None:
    name = os.fsdecode(b"caf\xe9")
    facts = Facts(cwd=f"/{name}", entries=(name,), found={name: (f"/{name}",)})
    told = Facts.model_validate_json(facts.to_json())
    assert told.cwd == "/caf�"
    assert told.entries == ("caf�",)
    assert told.found == {"caf�": ("/caf�",)}
