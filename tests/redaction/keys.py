"""Keys of the usual shapes. Put together here, so that no scanner takes this file for a leak."""

from __future__ import annotations

import base64

BODY = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQ"
PEM_LINES = (BODY, "QyNTUxOQAAACCq4dn0h2KxV7m8", "Zx81Qw==")


def pem(kind: str = "OPENSSH ", lines: tuple[str, ...] = PEM_LINES) -> str:
    """A private key as OpenSSH writes it."""
    return "\n".join(
        [f"-----BEGIN {kind}PRIVATE KEY-----", *lines, f"-----END {kind}PRIVATE KEY-----"]
    )


def _b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


KEYS = {
    "anthropic": "sk-" + "ant-api03-" + "aB3x" * 10 + "-QAA",
    "openai": "sk-" + "proj-" + "9xYk" * 12,
    "openai-old": "sk-" + "T3Blbk" + "FJq8Wz" * 7,
    "google": "AI" + "zaSy" + "Dd3F" * 8 + "x",
    "google-oauth": "ya29" + "." + "a0Af_b4" * 8,
    "github": "ghp" + "_" + "a1B2" * 9,
    "github-app": "ghs" + "_" + "Q7w8" * 9,
    "github-fine": "github" + "_pat_" + "11ABCDE0Y0" + "k8Jd2mP" * 8,
    "gitlab": "glpat" + "-" + "x1Yz" * 5,
    "aws-id": "AKIA" + "2E0A8F3B7K9QX5ZM",
    "slack": "xox" + "b-2841750913-2841750914-" + "Kd8sQ2mZ" * 3,
    "stripe": "sk" + "_live_" + "4eC39HqL" * 3,
    "npm": "npm" + "_" + "aB3dE5" * 6,
    "pypi": "pypi" + "-AgEIcHlwaS5vcmc" + "C3kd0" * 10,
    "hugging-face": "hf" + "_" + "kQ8sZ2" * 6,
    "sendgrid": "SG" + ".ngeVfQFYQlKU0ufo8x5d1A." + "TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5cr3h",
    "digitalocean": "dop" + "_v1_" + "b7d03a6947b217efb6f3ec3bd3504582" * 2,
    "twilio": "SK" + "b7d03a6947b217efb6f3ec3bd3504582",
    "databricks": "dapi" + "b7d03a6947b217efb6f3ec3bd3504582",
    "vault": "hvs" + ".CAESIJ" + "k8Jd2mPq" * 6,
    "heroku": "HRKU" + "-0c8d27e4-9f6a-4d52-8a55-1f0a2b7c9d11",
    "shopify": "shpat" + "_b7d03a6947b217efb6f3ec3bd3504582",
    "linear": "lin" + "_api_" + "k8Jd2mPq" * 5,
    "notion": "ntn" + "_" + "k8Jd2mPq9s" * 5,
    "postman": "PMAK" + "-b7d03a6947b217efb6f3ec3b-d3504582b7d03a6947b217efb6f3ec3bd3",
    "grafana": "glsa" + "_" + "k8Jd2mPq" * 4 + "_b7d03a69",
    "supabase": "sbp" + "_" + "b7d03a6947b217efb6f3" * 2,
    "planetscale": "pscale" + "_tkn_" + "k8Jd2mPq" * 5,
    "new-relic": "NRAK" + "-" + "K8JD2MPQ9" * 3,
    "sentry": "sntrys" + "_" + "eyJpYXQiOjE3" * 4,
    "figma": "figd" + "_" + "k8Jd2mPq" * 5,
    "atlassian": "ATATT3" + "xFfGF0" + "k8Jd2mPq" * 8,
    "groq": "gsk" + "_" + "k8Jd2mPq" * 6,
    "replicate": "r8" + "_" + "k8Jd2mPq" * 4 + "abcde",
    "rubygems": "rubygems" + "_" + "b7d03a6947b217ef" * 3,
    "netlify": "nfp" + "_" + "k8Jd2mPq9" * 4,
    "age": "AGE" + "-SECRET-KEY-1" + "Q9X8G7F2TV" * 5 + "W0S3JN54",
    "jwt": ".".join(
        [_b64('{"alg":"HS256","typ":"JWT"}'), _b64('{"sub":"1234567"}'), "c2lnbmF0dXJl"]
    ),
}
"""Each a word of its own: wherever it stands, it is a secret."""

AWS_SECRET = "wJa1rXUt" + "nFEMI/K7MDENG/bPxRfi" + "CY3x9kQz2mLp"

AZURE = "k8Jd2mPq7sZx" + "4vBn/Yt+" * 8 + "k8Jd2mPq7sZx4vBnQw=="

IN_CONTEXT = {
    "azure-storage": ("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};E=x", AZURE),
    "azure-bus": ("Endpoint=sb://a/;SharedAccessKeyName=n;SharedAccessKey={};", AZURE[-44:]),
    "azure-link": ("https://a.blob.core.windows.net/c?sv=2&sig={}&se=3", AZURE[:43] + "%3D"),
    "datadog": ("DD_API_KEY={}", "b7d03a6947b217efb6f3ec3bd3504582"),
    "datadog-header": ('-H "DD-APPLICATION-KEY: {}"', "b7d03a6947b217efb6f3ec3bd3504582b7d03a69"),
    "twilio-token": ("TWILIO_AUTH_TOKEN='{}'", "b7d03a6947b217efb6f3ec3bd3504582"),
    "discord": ("https://discord.com/api/webhooks/1234567890/{}", "k8Jd2mPq" * 8),
    "telegram": ("https://api.telegram.org/bot123456789:AA{}/getMe", "k8Jd2mPq7sZ" * 3),
    "bearer": ("Authorization: Bearer {}", "k8Jd2mPq7sZx4vBn"),
    "basic": ("Authorization: Basic {}", "YW5uOmZyMzNkb20h"),
    "key-header": ('-H "x-api-key: {}"', "k8Jd2mPq7sZx4vBn"),
    "url-query": ("ws://127.0.0.1:4000/ws?token={}&x=1", "k8Jd2mPq7sZx4vBnK8Jd2mPq7sZx4vBn"),
    "url": ("https://ann:{}@proxy.internal:3128/x", "fr33d0m-2-all"),
    "url-without-user": ("redis://:{}@cache:6379", "fr33d0m2all"),
    "aws": ("AWS_SECRET_ACCESS_KEY={}", AWS_SECRET),
    "aws-prompt": ("AWS Secret Access Key [None]: {}", AWS_SECRET),
    "aws-json": ('"SecretAccessKey": "{}"', AWS_SECRET),
}
"""Around it, and the secret: these are seen by what stands before them."""
