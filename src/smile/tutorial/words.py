"""The vocabulary of tutorials: languages, programs, systems. Facts only, no behaviour."""

from __future__ import annotations

SHELL = frozenset(
    "bash sh shell zsh console shell-session shellsession shellscript terminal sh-session "
    "bash-session ksh fish scrut cram azurecli azurecli-interactive posix-shell commandline "
    "cli".split()
)
"""Tags of blocks that hold commands."""

SESSION = frozenset(
    "console shell-session shellsession terminal sh-session bash-session scrut cram".split()
)
"""Those of them that show a session: prompts, commands and what they print."""

WINDOWS = frozenset("cmd bat batch powershell ps1 pwsh dos batchfile winbatch ps".split())

PLAIN = frozenset(["", "text", "txt", "plaintext", "plain", "none", "nohighlight", "no-highlight"])

OUTPUT = frozenset("output out result stdout ansi log logs expected".split())

FAILURE = frozenset("error stderr traceback pytb".split())

DRAWN = frozenset(
    "diff http https mermaid dot graphviz plantuml math latex tex chart flowchart ascii tree "
    "ebnf bnf regex uml d2 csv-preview har curlrc".split()
)
"""Blocks that show something and ask for nothing."""

STRUCTURED = frozenset("json jsonc json5 yaml toml ini properties".split())

ALIASES = {
    "py": "python", "python3": "python", "py3": "python", "ipython": "python",
    "javascript": "js", "cjs": "js", "mjs": "js", "node": "js", "ecmascript": "js",
    "typescript": "ts", "mts": "ts", "cts": "ts", "yml": "yaml", "rs": "rust", "golang": "go",
    "makefile": "make", "gnumakefile": "make", "mk": "make", "docker": "dockerfile",
    "htm": "html", "c++": "cpp", "cc": "cpp", "cxx": "cpp", "rb": "ruby", "markdown": "md",
    "mdx": "md", "h": "c", "kt": "kotlin", "ex": "elixir", "exs": "elixir", "hs": "haskell",
    "jsonc": "json", "json5": "json", "cfg": "ini", "conf": "ini", "dotenv": "env",
    "patch": "diff", "udiff": "diff", "cs": "csharp", "c#": "csharp", "tf": "terraform",
    "hcl": "terraform", "gql": "graphql", "svg": "xml", "restructuredtext": "rst",
    "jinja2": "jinja", "j2": "jinja", "pip-requirements": "text", "jl": "julia", "ml": "ocaml",
}  # fmt: skip
"""Other names of a language."""

EXTENSIONS = {
    "py": "python", "pyi": "python", "js": "js", "cjs": "js", "mjs": "js", "jsx": "jsx",
    "ts": "ts", "mts": "ts", "cts": "ts", "tsx": "tsx", "json": "json", "jsonc": "json",
    "json5": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml", "ini": "ini", "cfg": "ini",
    "conf": "ini", "properties": "ini", "rs": "rust", "go": "go", "mod": "go", "c": "c",
    "h": "c", "cpp": "cpp", "cc": "cpp", "cxx": "cpp", "hpp": "cpp", "java": "java",
    "kt": "kotlin", "kts": "kotlin", "rb": "ruby", "php": "php", "pl": "perl", "lua": "lua",
    "sh": "sh", "bash": "sh", "zsh": "sh", "fish": "sh", "html": "html", "htm": "html",
    "css": "css", "scss": "scss", "sass": "sass", "less": "less", "vue": "vue",
    "svelte": "svelte", "astro": "astro", "md": "md", "mdx": "md", "rst": "rst", "txt": "text",
    "sql": "sql", "xml": "xml", "svg": "xml", "csv": "csv", "tsv": "csv", "build": "meson",
    "cmake": "cmake", "gradle": "groovy", "groovy": "groovy", "jinja": "jinja", "j2": "jinja",
    "jinja2": "jinja", "tmpl": "jinja", "tf": "terraform", "hcl": "terraform", "ex": "elixir",
    "exs": "elixir", "erl": "erlang", "hs": "haskell", "ml": "ocaml", "swift": "swift",
    "cs": "csharp", "fs": "fsharp", "r": "r", "jl": "julia", "dart": "dart", "zig": "zig",
    "nim": "nim", "clj": "clojure", "scala": "scala", "sbt": "scala", "graphql": "graphql",
    "gql": "graphql", "proto": "protobuf", "prisma": "prisma", "env": "env", "lock": "text",
    "service": "ini", "mk": "make", "ipynb": "json", "ejs": "html", "hbs": "html",
    "pug": "pug", "erb": "html", "njk": "html", "dat": "text", "log": "text", "snap": "text",
    "feature": "gherkin", "robot": "robot", "nix": "nix", "bzl": "python", "star": "python",
    "tcl": "tcl", "v": "verilog", "sol": "solidity", "gemspec": "ruby", "rake": "ruby",
    "ru": "ruby", "plist": "xml", "wasm": "wasm", "wat": "wat", "typ": "typst", "cu": "cuda",
    "f90": "fortran", "asm": "asm", "s": "asm", "adoc": "asciidoc", "tex": "latex", "bib": "bib",
}  # fmt: skip
"""Extension of a file → its language."""

BASENAMES = {
    "Makefile": "make", "makefile": "make", "GNUmakefile": "make", "Dockerfile": "dockerfile",
    "Containerfile": "dockerfile", "Procfile": "text", "Gemfile": "ruby", "Rakefile": "ruby",
    "Vagrantfile": "ruby", "Jenkinsfile": "groovy", "Pipfile": "toml", "Justfile": "just",
    "justfile": "just", "Brewfile": "ruby", "Caddyfile": "caddy", "Snakefile": "python",
    "CMakeLists.txt": "cmake", "SConstruct": "python", "BUILD": "python", "WORKSPACE": "python",
    "Cargo.lock": "toml", "LICENSE": "text", "README": "text", ".env": "env",
    ".gitignore": "text", ".dockerignore": "text", ".npmrc": "ini", ".editorconfig": "ini",
    ".bashrc": "sh", ".bash_profile": "sh", ".profile": "sh", ".zshrc": "sh", ".zprofile": "sh",
    ".babelrc": "json", ".eslintrc": "json", ".prettierrc": "json", ".flake8": "ini",
    ".gitattributes": "text", ".gitconfig": "ini", ".nvmrc": "text", ".python-version": "text",
    ".pypirc": "ini", ".coveragerc": "ini", ".pylintrc": "ini", ".htaccess": "ini",
    "BUILD.bazel": "python", "Tiltfile": "python", "Earthfile": "earthly", ".envrc": "sh",
    ".npmignore": "text", ".prettierignore": "text", ".eslintignore": "text", ".mocharc": "json",
    ".browserslistrc": "text", ".swcrc": "json", ".vimrc": "vim", ".inputrc": "text",
}  # fmt: skip
"""Names of files without a telling extension → language."""

KIN = (
    frozenset({"js", "jsx", "ts", "tsx", "vue", "svelte", "astro", "html"}),
    frozenset({"json", "js"}),
    frozenset({"html", "xml", "jinja", "php", "vue", "svelte", "django", "htmldjango", "erb"}),
    frozenset({"css", "scss", "sass", "less", "postcss"}),
    frozenset({"c", "cpp", "cuda", "arduino"}),
    frozenset({"ini", "toml", "env", "sh", "text", "nginx", "apache", "systemd", "yaml"}),
    frozenset({"groovy", "kotlin", "java", "gradle"}),
    frozenset({"text", "md", "rst", "csv", "dat", "go"}),
    frozenset({"python", "starlark", "bazel", "meson", "snakemake"}),
    frozenset({"cmake", "text"}),
    frozenset({"terraform", "hcl", "json"}),
)
"""Languages whose tags authors use for each other's files."""

PROGRAMS = frozenset(
    """
    apt apt-get aptitude dpkg add-apt-repository snap flatpak brew port choco winget scoop dnf yum
    rpm zypper pacman yay apk emerge nix nix-env nix-shell pkg
    python python2 python3 pip pip2 pip3 pipx pipenv poetry uv uvx conda mamba micromamba pyenv
    virtualenv venv tox nox hatch pdm rye pytest mypy ruff black flake8 pylint isort pre-commit
    django-admin flask gunicorn uvicorn hypercorn celery jupyter ipython twine sphinx-build
    sphinx-quickstart mkdocs cookiecutter copier streamlit scrapy alembic coverage invoke fab
    node npm npx yarn pnpm pnpx bun bunx deno corepack nvm fnm volta tsc ts-node tsx vite vitest
    webpack rollup esbuild parcel eslint prettier jest mocha nodemon pm2 http-server serve next
    nuxt astro ng vue svelte expo gatsby hexo eleventy prisma playwright cypress lerna nx turbo
    node-gyp json-server live-server create-react-app
    ruby gem bundle bundler rails rake irb rbenv rvm jekyll rspec cargo rustc rustup rustfmt
    go gofmt gcc g++ clang clang++ cc c++ make cmake ninja meson autoconf automake configure ld ar
    java javac jar mvn gradle gradlew mvnw sbt scala scalac kotlin kotlinc lein clj clojure
    dotnet nuget msbuild mono php composer artisan perl cpan cpanm lua luarocks elixir mix iex erl
    ghc ghci cabal stack ocaml opam dune swift swiftc dart flutter zig nim nimble julia R Rscript
    crystal shards racket guile sbcl
    docker docker-compose podman buildah kubectl helm minikube kind k3d k9s oc terraform tofu
    vagrant ansible ansible-playbook packer vault consul nomad aws gcloud az doctl heroku fly
    flyctl vercel netlify wrangler firebase gsutil eksctl
    git gh glab hg svn curl wget http httpie xh ssh scp sftp rsync ping telnet nc ncat netcat dig
    nslookup openssl gpg ssh-keygen ssh-copy-id ssh-add
    ls cd pwd mkdir rmdir rm cp mv ln touch cat less more head tail tee echo printf grep egrep rg
    sed awk gawk cut sort uniq wc tr xargs find fd tree chmod chown chgrp stat file which whereis
    type source export unset alias set env printenv test true false sleep date time watch kill
    killall pkill ps top htop jobs bg fg nohup screen tmux sudo su doas exit clear history man
    tar gzip gunzip zip unzip xz bzip2 diff patch cmp md5sum sha256sum base64 xxd hexdump jq yq
    nano vim vi emacs code open xdg-open systemctl service journalctl useradd usermod groupadd
    passwd mount umount df du free uname hostname whoami id groups lsof netstat ss ip ifconfig
    crontab locale locale-gen update-alternatives ldconfig pushd popd read eval exec trap wait
    ulimit umask hash command builtin local declare let shopt install basename dirname realpath
    readlink seq yes expr bc timeout ldd strace gdb valgrind objdump nm strings bash sh zsh fish
    sqlite3 sqlite psql createdb createuser dropdb pg_ctl pg_dump initdb mysql mysqladmin
    mysqldump mariadb mongo mongosh mongod redis-cli redis-server influx clickhouse duckdb
    protoc buf hugo zola mdbook pandoc latexmk pdflatex bazel buck pants just task direnv asdf
    mise act goreleaser nginx caddy apachectl a2ensite certbot ffmpeg convert magick ab wrk hey k6
    etcd etcdctl nats temporal dagger skaffold tilt kustomize istioctl argocd pulumi cdk sam
    serverless amplify supabase hasura rasa dvc mlflow dbt airflow prefect dagster ollama
    spark-submit quarto ng-packagr cookiecutter typer fastapi meltano datasette sqlite-utils
    """.split()
)
"""First words by which a line without a prompt is known as a command."""

FOREIGN = {
    "brew": "mac", "port": "mac", "choco": "windows", "winget": "windows", "scoop": "windows",
    "dnf": "fedora", "yum": "fedora", "rpm": "fedora", "zypper": "suse", "pacman": "arch",
    "yay": "arch", "apk": "alpine", "emerge": "gentoo", "nix-env": "nix", "pkg": "bsd",
}  # fmt: skip
"""Package managers of systems other than ours → the system."""

FAMILIES = (
    ("npm", "npx", "yarn", "pnpm", "pnpx", "bun", "bunx", "deno"),
    ("pip", "pip3", "python", "python3", "uv", "uvx", "pipx", "poetry", "pipenv", "pdm", "hatch",
     "rye", "conda", "mamba", "micromamba"),
    ("apt", "apt-get", *FOREIGN),
    ("curl", "wget"),
    ("docker", "podman"),
    ("docker-compose",),
)  # fmt: skip
"""Tools that stand for one another, the one that we take first."""
