"""``smile image``: the images of newcomers' machines."""

from __future__ import annotations

import argparse
import asyncio
import os
from datetime import UTC, datetime

from smile import config
from smile.cli.talk import About, Talk
from smile.errors import UsageError
from smile.sandbox import images, recipes
from smile.sandbox.base import Network
from smile.sandbox.recipes import Recipe

__all__ = ["main"]

DEFAULT_TAG = "smile-base:latest"
"""What smile.json names where it says nothing."""


def main(args: argparse.Namespace) -> int:
    """Do what was asked for."""
    match args.action:
        case "build":
            asyncio.run(_build(args))
        case "list":
            _list(args.talk)
        case "remove":
            asyncio.run(images.remove(args.tag))
            args.talk.result(f"removed {args.tag}")
        case other:
            raise AssertionError(other)
    return 0


async def _build(args: argparse.Namespace) -> None:
    """The runtime where this SMILE's is not there yet, and the machine that was asked for."""
    runtime = recipes.runtime()
    own = {"runtime": runtime, "agents": recipes.agents()}
    if args.what in own and (args.base or args.tag):
        raise UsageError(
            f"{args.what} has a base and a name of its own", "leave out --from and --tag"
        )
    wanted = own.get(args.what) or _machine(args)
    built = {image.tag for image in await images.list_images()}
    if wanted is not runtime and runtime.tag not in built:
        await _make(args, runtime)
    await _make(args, wanted)
    default = wanted.tag == DEFAULT_TAG
    image = "IMAGE" if args.what in own else wanted.tag
    args.talk.result(f"next: smile run --sandbox docker{'' if default else f' --image {image}'}")


async def _make(args: argparse.Namespace, recipe: Recipe) -> None:
    talk: Talk = args.talk
    settings, _ = config.load(None, {}, os.environ)
    await images.build(
        recipe,
        network=Network(settings.network.ca_bundle, settings.network.proxy),
        progress=lambda line: talk.tell(line, About.BUILD),
        host_sources=args.host_sources,
    )
    talk.result(f"built {recipe.tag} from {recipe.base}")


def _machine(args: argparse.Namespace) -> Recipe:
    """What is not said follows from what is: ``--from`` alone adds nothing but sudo."""
    kind = args.what or ("bare" if args.base else "base")
    packages = recipes.COMMON if kind == "base" else recipes.BARE
    tag = args.tag or (_tag_for(args.base) if args.base else f"smile-{kind}:latest")
    return recipes.learner(kind, tag, args.base or recipes.DEBIAN, packages)


def _tag_for(base: str) -> str:
    """``node:22`` → ``smile-node:22``; a registry and a digest don't go into the name."""
    name, _, version = base.partition("@")[0].rpartition("/")[2].partition(":")
    return f"smile-{name}:{version or 'latest'}"


def _list(talk: Talk) -> None:
    for image in asyncio.run(images.list_images()):
        made = datetime.fromtimestamp(image.created, UTC).strftime("%Y-%m-%d")
        size = f"{image.size / 1e6:,.0f} MB"
        talk.result(f"{image.tag:32} {made}  {size:>9}  from {image.base}, SMILE {image.version}")
