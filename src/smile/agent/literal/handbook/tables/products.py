"""What prose calls the thing that a program belongs to: `rustc` is "Rust" there."""

from __future__ import annotations

__all__ = ["names"]

_BY_NAME: dict[str, str] = {
    # as authors write it → the programs
    "Rust": "rustc cargo rustup",
    "Node.js": "node npm npx",
    "NodeJS": "node npm npx",
    "Node": "node npm npx",
    "Python": "python python3 pip pip3",
    "Git": "git",
    "GitHub CLI": "gh",
    "Go": "go gofmt",
    "Golang": "go gofmt",
    "Java": "java javac",
    "JDK": "java javac",
    "Maven": "mvn",
    "Gradle": "gradle",
    "Ruby": "ruby gem irb",
    "Bundler": "bundle",
    "PHP": "php",
    "Composer": "composer",
    "Perl": "perl",
    "Docker": "docker docker-compose",
    "Docker Compose": "docker-compose",
    "Make": "make",
    "GNU Make": "make",
    "CMake": "cmake",
    "Meson": "meson",
    "Ninja": "ninja",
    "GCC": "gcc g++ cc",
    "C compiler": "gcc cc",
    "C++ compiler": "g++ c++",
    "Clang": "clang clang++",
    "PostgreSQL": "psql createdb createuser pg_ctl",
    "Postgres": "psql createdb createuser pg_ctl",
    "SQLite": "sqlite3",
    "MySQL": "mysql mysqladmin mysqldump",
    "MariaDB": "mariadb mysql",
    "Redis": "redis-cli redis-server",
    "MongoDB": "mongod mongosh mongo",
    "TypeScript": "tsc",
    "Yarn": "yarn",
    "Deno": "deno",
    "Poetry": "poetry",
    "Elixir": "elixir mix iex",
    "Haskell": "ghc cabal stack",
    "Terraform": "terraform",
    "Kubernetes": "kubectl",
    "Helm": "helm",
    "cURL": "curl",
    "HTTPie": "http https",
    "jq": "jq",
    "Graphviz": "dot",
    "FFmpeg": "ffmpeg",
    "ImageMagick": "convert magick identify",
    "Pandoc": "pandoc",
    "LaTeX": "pdflatex latexmk",
}


def names(program: str) -> tuple[str, ...]:
    """The names by which prose may speak of a program, its own among them."""
    called = tuple(name for name, programs in _BY_NAME.items() if program in programs.split())
    return (*called, program)
