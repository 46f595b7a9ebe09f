"""Names that code uses and the line that defines them; options that programs usually have."""

from __future__ import annotations

_PYTHON: dict[str, str] = {
    # what stands before "import" → the names
    "from flask import": "Flask render_template request jsonify redirect url_for abort Blueprint",
    "from fastapi import": "FastAPI APIRouter Depends HTTPException Query Path_ Body Form Request",
    "from django.urls import": "path include re_path reverse",
    "from django.http import": "HttpResponse JsonResponse Http404 HttpRequest",
    "from django.shortcuts import": "render get_object_or_404",
    "from django.contrib import": "admin",
    "from django.db import": "models",
    "from django.test import": "TestCase",
    "from rest_framework import": "viewsets serializers permissions routers generics",
    "from pydantic import": "BaseModel Field ValidationError field_validator",
    "from sqlalchemy import": "create_engine select Column Integer String ForeignKey",
    "from sqlalchemy.orm import": "Session DeclarativeBase Mapped mapped_column relationship",
    "from sqlmodel import": "SQLModel",
    "from pathlib import": "Path",
    "from dataclasses import": "dataclass asdict replace",
    "from datetime import": "datetime timedelta timezone date UTC",
    "from collections import": "Counter defaultdict deque namedtuple OrderedDict ChainMap",
    "from collections.abc import": "Iterable Iterator Sequence Mapping Generator",
    "from typing import": "Any Optional Union List Dict Tuple Set Callable Annotated Protocol "
    "Literal NamedTuple TypedDict TypeVar Generic",
    "from enum import": "Enum IntEnum StrEnum auto",
    "from abc import": "ABC abstractmethod",
    "from functools import": "partial reduce wraps lru_cache cache cached_property",
    "from itertools import": "chain product permutations combinations islice cycle",
    "from contextlib import": "contextmanager suppress asynccontextmanager",
    "from concurrent.futures import": "ThreadPoolExecutor ProcessPoolExecutor as_completed",
    "from threading import": "Thread",
    "from decimal import": "Decimal",
    "from fractions import": "Fraction",
    "from unittest import": "mock",
    "from unittest.mock import": "patch Mock MagicMock",
    "from bs4 import": "BeautifulSoup",
    "from PIL import": "Image",
    "from dotenv import": "load_dotenv",
    "from tqdm import": "tqdm",
    "from celery import": "Celery",
    "from openai import": "OpenAI",
    "from rich import": "print",
    "from pprint import": "pprint",
    "from time import": "sleep",
}

PYTHON: dict[str, str] = {
    n.rstrip("_"): f"{head} {n.rstrip('_')}"
    for head, names in _PYTHON.items()
    for n in names.split()
} | {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "sns": "import seaborn as sns",
    "tf": "import tensorflow as tf",
    "st": "import streamlit as st",
    "sa": "import sqlalchemy as sa",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "gr": "import gradio as gr",
    "px": "import plotly.express as px",
    "Path": "from pathlib import Path",
}
"""Name in Python code → the import that brings it."""

PYTHON_MADE: dict[tuple[str, str], str] = {
    ("app", "Flask"): "app = Flask(__name__)",
    ("app", "FastAPI"): "app = FastAPI()",
    ("app", "typer"): "app = typer.Typer()",
    ("router", "APIRouter"): "router = APIRouter()",
    ("router", "DefaultRouter"): "router = routers.DefaultRouter()",
    ("console", "Console"): "console = Console()",
}
"""(name, what the file imports) → the statement that usually makes it."""

NODE_BUILTINS: dict[str, str] = {
    name: f"node:{name}"
    for name in (
        "assert fs path http https os url util events crypto stream zlib net dns readline "
        "child_process cluster querystring"
    ).split()
}
"""Usual variable in JavaScript → module of Node.js that it holds."""

NODE_TESTS = frozenset({"describe", "it", "test", "before", "after", "beforeEach", "afterEach"})
"""Functions of node:test."""

NODE_PACKAGES: dict[str, str] = {
    "express": "express",
    "mongoose": "mongoose",
    "axios": "axios",
    "React": "react",
    "ReactDOM": "react-dom/client",
    "cors": "cors",
    "dotenv": "dotenv",
    "lodash": "lodash",
    "_": "lodash",
    "z": "zod",
    "fastify": "fastify",
    "Koa": "koa",
    "chalk": "chalk",
    "jwt": "jsonwebtoken",
    "bcrypt": "bcrypt",
    "multer": "multer",
    "morgan": "morgan",
}
"""Usual variable in JavaScript → package that it holds."""

C_HEADERS: dict[str, str] = {
    name: header
    for header, names in {
        "stdio.h": "printf scanf puts fopen fclose fprintf snprintf stdout stderr FILE getchar",
        "stdlib.h": "malloc calloc free exit atoi rand srand qsort EXIT_SUCCESS EXIT_FAILURE",
        "string.h": "strlen strcmp strcpy strcat memcpy memset strdup strchr strtok",
        "math.h": "sqrt pow sin cos floor ceil fabs M_PI",
        "stdbool.h": "bool true false",
        "stdint.h": "uint8_t uint16_t uint32_t uint64_t int64_t int32_t",
        "unistd.h": "fork read write close sleep usleep getpid",
        "ctype.h": "isdigit isalpha toupper tolower isspace",
        "time.h": "time clock localtime strftime",
        "assert.h": "assert",
        "errno.h": "errno",
        "pthread.h": "pthread_create pthread_join pthread_mutex_lock",
    }.items()
    for name in names.split()
}
"""Name in C code → the header that declares it."""

GO_PACKAGES = frozenset(
    "fmt os log strings strconv errors time sort bufio io context sync net http json math".split()
)
"""Packages of Go's standard library that tutorials use by their last word."""

OPTIONS: tuple[str, ...] = tuple(
    "--help --version --verbose --quiet --yes --no-install-recommends --assume-yes --force --all "
    "--name --username --email --password --noinput --no-input --settings --port --host --bind "
    "--reload --debug --app --bare --lib --package --dev --group --extra --python --save-dev "
    "--save-exact --global --save --production --watch --init --output --outDir --target --module "
    "--strict --noEmit --project --config --config-file --file --template --template-dir --theme "
    "--force --recursive --parents --message --amend --branch --depth --bare --global --local "
    "--list --oneline --graph --staged --cached --hard --soft --mixed --set-upstream --origin "
    "--tags --delete --rebase --interactive --patch --no-edit --release --bin --example --features "
    "--all-features --no-default-features --edition --build --source --parallel --prefix "
    "--buildtype --upgrade --requirement --editable --no-cache-dir --user --index-url --pre "
    "--clean --strict --fix --select --ignore --extend-select --line-length --check --diff --write "
    "--detach --rm --publish --volume --env --env-file --network --tag --no-cache --follow --tail "
    "--request --header --data --location --silent --show-error --fail --include --user-agent "
    "--json --form --method --timeout --limit --format --pretty --color --no-color --dry-run "
    "--defaults --data-file --vcs-ref --trust --skip-existing --overwrite --exclude --recurse "
    "--workers --worker-class --loglevel --log-level --concurrency --interval --count --size "
    "--human-readable --long --sort --reverse --ext --plugin --parser --static --routes --delay "
    "--read-only --middlewares --spec --reporter --require --grep --bail --coverage --maxfail "
    "--collect-only --lf --pdb --cov --title --author --description --input --to --from --toc "
    "--standalone".split()
)
"""Long options that programs of tutorials have."""
