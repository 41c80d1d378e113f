"""A page to be printed: HTML that is whole by itself, and fetches nothing."""

from base64 import b64encode
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup


class PrintedPage:
    """A page of a template and its styles, which both lie in a folder under one name.

    images: whether pictures stand within it, as `data:`.
    """

    def __init__(self, folder: Path, name: str, *, images: bool) -> None:
        self._folder = folder
        self._name = name
        self._images = images

    def render(self, **said: Any) -> str:
        """The page that says this; whatever somebody wrote is escaped."""
        return self._template.render(**said, css=Markup(self._css))  # noqa: S704 - ours

    @cached_property
    def policy(self) -> str:
        """The content security policy of the page: its own styles, the pictures within it where
        there may be any, and nothing else."""
        digest = b64encode(sha256(self._css.encode()).digest()).decode()
        images = " img-src data:;" if self._images else ""
        return (
            f"default-src 'none'; style-src 'sha256-{digest}';{images} base-uri 'none';"
            " form-action 'none'; frame-ancestors 'none'; sandbox"
        )

    @cached_property
    def _css(self) -> str:
        return (self._folder / f"{self._name}.css").read_text("utf-8")

    @cached_property
    def _template(self) -> Template:
        environment = Environment(
            loader=FileSystemLoader(self._folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        return environment.get_template(f"{self._name}.html")
