"""What is said to who runs the service, in the language of their terminal."""

import os


def in_chinese() -> bool:
    """Whether Chinese is meant: the setting says so, else the terminal by LC_ALL, LC_MESSAGES or
    LANG. Asked of the environment itself, as what is wrong with a setting has its language, too."""
    variables = ("WILDLIFE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    named = (os.environ.get(name) for name in variables)
    return next(filter(None, named), "").lower().startswith("zh")


def said(en: str, zh: str) -> str:
    """One of two sentences that mean the same."""
    return zh if in_chinese() else en
