"""What is said to who runs the service, in the language of their terminal."""

import os


def in_chinese() -> bool:
    """Whether the terminal speaks Chinese: LC_ALL, else LC_MESSAGES, else LANG says so."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, named), "").lower().startswith("zh")


def said(en: str, zh: str) -> str:
    """One of two sentences that mean the same."""
    return zh if in_chinese() else en
