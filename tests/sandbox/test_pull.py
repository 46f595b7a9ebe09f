"""Images that are fetched from a registry: a small one that runs here."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.sandbox.machines import client

from smile.sandbox import images
from smile.sandbox.docker import DockerEngine

pytestmark = pytest.mark.docker


def layer(name: str) -> bytes:
    """A layer with one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 100_000
        tar.addfile(entry, io.BytesIO(uuid.uuid4().bytes * 6250))
    return buffer.getvalue()


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def image_of(layers: list[bytes]) -> tuple[bytes, dict[str, bytes]]:
    """A manifest (Image Manifest V2, Schema 2), and the blobs that it names."""
    packed = [gzip.compress(each) for each in layers]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [digest(each) for each in layers]},
        }
    ).encode()
    kind = "application/vnd.docker"

    def entry(content: bytes, media: str) -> dict[str, object]:
        return {"mediaType": media, "size": len(content), "digest": digest(content)}

    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.distribution.manifest.v2+json",
        "config": entry(config, f"{kind}.container.image.v1+json"),
        "layers": [entry(each, f"{kind}.image.rootfs.diff.tar.gzip") for each in packed],
    }
    return json.dumps(manifest).encode(), {digest(each): each for each in (config, *packed)}


@contextmanager
def registry(manifest: bytes, blobs: dict[str, bytes]) -> Iterator[str]:
    """Host and port of a registry that has one image under every name."""

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, _, name = self.path.rpartition("/")
            body, media = blobs.get(name, b"{}"), "application/octet-stream"
            if kind.endswith("/manifests"):
                body, media = manifest, json.loads(manifest)["mediaType"]
            self.send_response(200)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", digest(body))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - its name there

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            serving.join()


async def test_a_missing_image_is_pulled_and_each_layer_that_comes_is_told(
    docker_host: str,
) -> None:
    told: list[str] = []
    with registry(*image_of([layer("a"), layer("b"), layer("c")])) as host:
        image = f"{host}/company/learner:1"
        try:
            assert await DockerEngine(told.append).why_not(image) == ""
            assert await DockerEngine(told.append).why_not(image) == "", "now it is there"
            async with client() as docker:
                assert await images.inspected(docker, image)
        finally:
            async with client() as docker:
                await docker.images.delete(image, force=True)
    assert told[0] == f"pulling {image}"
    assert told[-1] == f"pulling {image}: 3 of 3 layers are here"
    assert len(told) == 4


async def test_an_image_that_cant_be_fetched_is_told_with_what_the_registry_says(
    docker_host: str,
) -> None:
    why = await DockerEngine().why_not("127.0.0.1:1/no/such:image")
    assert why.startswith("The image 127.0.0.1:1/no/such:image is not there and can't be fetched: ")
    assert "refused" in why
