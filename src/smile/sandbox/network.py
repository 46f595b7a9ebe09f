"""The variables by which programs in a sandbox find their way out: proxy and certificates."""

from __future__ import annotations

NO_PROXY = "localhost,127.0.0.1,::1"
"""What a program in the sandbox reaches without the proxy: its own machine."""


def variables(proxy: str, ca_path: str, no_proxy: str) -> dict[str, str]:
    """Name → value, for the programs that tutorials use.

    Each source is the tool's own manual: curl reads ``http_proxy`` in lower case only, most
    others either spelling. ``NODE_USE_ENV_PROXY`` is left out: Node then prints a warning with
    every command, which no newcomer's machine does.

    Args:
        proxy: URL of the egress proxy as the sandbox sees it; empty when there is none.
        ca_path: absolute path, in the sandbox, of a PEM bundle with every trusted root; empty
            when the machine's own certificates are to be used.
        no_proxy: comma-separated hosts that are reached directly.
    """
    return (_proxy(proxy, no_proxy) if proxy else {}) | (_certificates(ca_path) if ca_path else {})


def _proxy(proxy: str, no_proxy: str) -> dict[str, str]:
    names = ("http_proxy", "https_proxy", "all_proxy")
    found = {spelling: proxy for name in names for spelling in (name, name.upper())}
    return found | {"no_proxy": no_proxy, "NO_PROXY": no_proxy}


def _certificates(path: str) -> dict[str, str]:
    names = (
        "SSL_CERT_FILE",  # OpenSSL, Go, Ruby, uv
        "REQUESTS_CA_BUNDLE",  # requests
        "PIP_CERT",
        "NODE_EXTRA_CA_CERTS",  # Node, npm
        "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO",
        "CARGO_HTTP_CAINFO",
        "AWS_CA_BUNDLE",
    )
    return dict.fromkeys(names, path)
