"""Secrets that lie in files, as those do that Docker, Kubernetes or systemd hand out: the variable
with `_FILE` behind it names the file. What stands in a variable others may see (`docker inspect`).
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from wildlife.words.speaking import said

FILE: Final = "_FILE"
_MOST_BYTES: Final = 10_000


def with_secrets(environment: Mapping[str, str], secret: Collection[str]) -> dict[str, str]:
    """The variables, and among them each of `secret` that lies in a file.

    Raises ValueError with a sentence that names the variable, and never what the file holds.
    """
    variables = dict(environment)
    for name in secret:
        named = variables.pop(name + FILE, "")
        if not named:
            continue
        if variables.get(name):
            raise ValueError(
                said(
                    f"{name} and {name}{FILE} are both set: which of them counts? Take one away.",
                    f"{name} 与 {name}{FILE} 都已设置，无法确定用哪一个：请去掉其中之一。",
                )
            )
        variables[name] = _line_of(name + FILE, Path(named))
    return variables


def _line_of(name: str, file: Path) -> str:
    """The one line of a file."""
    told = f"{name}={str(file)!r}"
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            lines = opened.read(_MOST_BYTES).splitlines()
    except OSError:
        raise ValueError(
            said(
                f"{told}: the file can't be read: look at whether it is there, and who may read"
                " it.",
                f"{told}：无法读取该文件：请检查文件是否存在、服务是否有权读取。",
            )
        ) from None
    if len(lines) != 1 or not lines[0].strip() or "\ufffd" in lines[0]:
        raise ValueError(
            said(
                f"{told}: the file should hold the secret on one line, and nothing else.",
                f"{told}：文件中应只有一行，即密钥内容本身。",
            )
        )
    return lines[0].strip()
