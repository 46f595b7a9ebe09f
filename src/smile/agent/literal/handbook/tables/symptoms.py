"""Messages that say which step was left out, and the command that such a step holds."""

from __future__ import annotations

SKIPPED: tuple[tuple[str, str, str, str], ...] = (
    # message, how the step's command looks, the usual command, what it does
    (
        r"no such table|unapplied migration|relation \"\w+\" does not exist",
        r"manage\.py migrate",
        "python manage.py migrate",
        "creates the database tables",
    ),
    (
        (
            r"src refspec \S+ does not match any|"
            r"does not have any commits yet|ambiguous argument 'HEAD'"
        ),
        r"git commit",
        "",
        "makes the first commit",
    ),
    (
        r"(?:loading|load) 'build\.ninja'|not a meson build directory",
        r"meson (?:setup )?",
        "meson setup builddir",
        "sets up the build directory",
    ),
    (
        r"(?:not a CMake build directory|could not load cache)",
        r"cmake ",
        "cmake -B build",
        "sets up the build directory",
    ),
    (
        r"Please run.*terraform init|Inconsistent dependency lock file",
        r"terraform init",
        "terraform init",
        "initialises the working directory",
    ),
    (
        r"Could not find a production build in the '\.next' directory",
        r"npm run build",
        "npm run build",
        "builds the site",
    ),
    (
        r"nothing added to commit but untracked files present|no changes added to commit",
        r"git add",
        "git add .",
        "adds the files to the commit",
    ),
    (
        r"Please run `?composer install|vendor/autoload\.php",
        r"composer install",
        "composer install",
        "installs the dependencies",
    ),
    (
        r"Could not find gem|Run `bundle install`",
        r"bundle install",
        "bundle install",
        "installs the gems",
    ),
    (
        r"Please run `?prisma generate|@prisma/client did not initialize",
        r"prisma generate",
        "npx prisma generate",
        "generates the client",
    ),
    (
        r"missing go\.sum entry|updates to go\.(?:mod|sum) needed",
        r"go mod tidy",
        "go mod tidy",
        "records the dependencies",
    ),
)
