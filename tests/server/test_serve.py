"""The server's way up: a port that can't be had, a server that does not start."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest
import uvicorn
from tests.users import an_ordinary_user

from smile.errors import ConfigError, ServerError, SmileError
from smile.server import serve
from smile.server.serve import serving


async def app(scope: object, receive: object, send: object) -> None:
    """Answers nothing."""


NUMBERS = sorted(
    {errno.EACCES, errno.EPERM, errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE, errno.ENOBUFS}
    | {errno.ENOMEM, errno.EAFNOSUPPORT, errno.EINVAL}
)


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: errno.errorcode[number])
async def test_a_port_that_the_system_refuses_is_told_with_what_to_try(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(port: int) -> socket.socket:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(serve, "_bound", refuse)
    with pytest.raises(SmileError) as caught:
        async with serving(lambda: app, 80):
            pass
    theirs = number in {errno.EACCES, errno.EPERM}
    assert type(caught.value) is (ConfigError if theirs else ServerError)
    assert os.strerror(number) in caught.value.message
    assert caught.value.hint
    assert isinstance(caught.value.__cause__, OSError)


def test_a_port_that_is_for_root_is_refused_to_an_ordinary_user() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text("utf-8"))
    if not first:
        pytest.skip("every port of this machine is for everybody")
    told = f"can't listen on port {first - 1}: Permission denied"
    with pytest.raises(ConfigError, match=told), an_ordinary_user():
        serve._listen(first - 1)


async def test_a_server_that_does_not_start_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(server: uvicorn.Server, sockets: object = None) -> None:
        raise RuntimeError("no start")

    monkeypatch.setattr(uvicorn.Server, "startup", fail)
    with pytest.raises(ServerError, match="did not start") as caught:
        async with serving(lambda: app):
            pass
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert caught.value.hint
