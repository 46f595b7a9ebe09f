"""``smile image``: the images of newcomers' machines."""

from __future__ import annotations

import argparse
import asyncio
import os
from datetime import UTC, datetime

from smile import config
from smile.cli.talk import About, Talk
from smile.sandbox import images
from smile.sandbox.base import Network

__all__ = ["main"]


def main(args: argparse.Namespace) -> int:
    """Do what was asked for."""
    match args.action:
        case "build":
            _build(args)
        case "list":
            _list(args.talk)
        case "remove":
            asyncio.run(images.remove(args.tag))
            args.talk.result(f"removed {args.tag}")
        case other:
            raise AssertionError(other)
    return 0


def _build(args: argparse.Namespace) -> None:
    talk: Talk = args.talk
    settings, _ = config.load(None, {}, os.environ)
    base = args.base or images.DEFAULT_BASE
    tag = args.tag or _tag_for(base)
    asyncio.run(
        images.build(
            base=base,
            tag=tag,
            network=Network(settings.network.ca_bundle, settings.network.proxy),
            progress=lambda line: talk.tell(line, About.BUILD),
            host_sources=args.host_sources,
        )
    )
    default = tag == images.DEFAULT_TAG
    talk.result(f"built {tag} from {base}\nnext: smile run{'' if default else f' --image {tag}'}")


def _tag_for(base: str) -> str:
    """``node:22`` → ``smile-node:22``; a registry and a digest don't go into the name."""
    if base == images.DEFAULT_BASE:
        return images.DEFAULT_TAG
    name, _, version = base.partition("@")[0].rpartition("/")[2].partition(":")
    return f"smile-{name}:{version or 'latest'}"


def _list(talk: Talk) -> None:
    for image in asyncio.run(images.list_images()):
        made = datetime.fromtimestamp(image.created, UTC).strftime("%Y-%m-%d")
        size = f"{image.size / 1e6:,.0f} MB"
        talk.result(f"{image.tag:32} {made}  {size:>9}  from {image.base}, SMILE {image.version}")
