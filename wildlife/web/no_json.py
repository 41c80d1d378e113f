"""Why a body is no JSON: what somebody sent in its place, and where it breaks off."""

import math
import re
from typing import Final

from wildlife.words.sentences import Sentence

_AT: Final = re.compile(r"\(byte ([0-9]+)\)")
_OUT_OF_RANGE: Final = "out of range"
# Texts, so that what stands in one is taken for no number; and numbers.
_TOKENS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|-?[0-9][0-9.eE+-]*+', re.DOTALL)
_ESCAPES: Final = re.compile(
    # Two that are one character, one of which it is the half; one that is cut short; any other.
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|(?P<short>\\u(?![0-9a-fA-F]{4}))|\\.",
    re.DOTALL,
)
# Of more digits, and a sign, no whole number is made.
_MOST_DIGITS: Final = 4300
_FORM: Final = re.compile(rb"[\w.\[\]%-]+=[^{\s]*(&[\w.\[\]%-]+=[^{\s]*)*", re.ASCII)
_MARKS: Final = "“”‘’，：；｛｝［］（）"

_SENT_INSTEAD: Final = (
    (
        rb"\xef\xbb\xbf",
        Sentence(
            "The body begins with a byte order mark (BOM). Send UTF-8 without one.",
            "请求内容以字节序标记（BOM）开头。请使用不带该标记的 UTF-8 编码。",
        ),
    ),
    (
        rb"\xff\xfe|\xfe\xff|[\[{]\0|\0[\[{]",
        Sentence(
            "The body is UTF-16, and should be UTF-8.",
            "请求内容是 UTF-16 编码，应为 UTF-8 编码。",
        ),
    ),
    (
        rb"\s*--[^\r\n]{1,200}\r?\n(?i:content-)",
        Sentence(
            "The body is a form (multipart/form-data). Send the JSON by itself as the body, with"
            " Content-Type: application/json.",
            "请求内容是表单（`multipart/form-data`）。请直接以 JSON 作为请求内容，"
            "并将 `Content-Type` 设为 `application/json`。",
        ),
    ),
    (
        rb"\s*<",
        Sentence(
            "The body is HTML or XML. Send JSON.",
            "请求内容是 HTML 或 XML。请发送 JSON。",
        ),
    ),
)

_TOLD: Final = {
    "trailing comma in object": Sentence(
        "A comma stands behind the last field", "最后一个字段后面多了一个逗号"
    ),
    "trailing comma in array": Sentence(
        "A comma stands behind the last item of a list", "列表最后一项后面多了一个逗号"
    ),
    "object keys must be strings": Sentence(
        "The name of a field has to stand in double quotes", "字段名须用英文双引号括起来"
    ),
    "trailing characters": Sentence(
        "More follows where the JSON has ended", "JSON 结束之后还有多余的内容"
    ),
    "invalid escape character in string": Sentence(
        "A backslash in a text is followed by a character that it can't stand before; write"
        " `\\\\` for a backslash itself",
        "文字中的反斜杠后面跟了不能转义的字符；反斜杠本身应写成 `\\\\`",
    ),
    "invalid number": Sentence(
        "A number is not written as JSON has it: -12, 0.5 or 1e3",
        "数字的写法不符合 JSON 规定，应如 -12、0.5 或 1e3",
    ),
    "expected ':'": Sentence(
        "A colon has to stand between the name of a field and its value",
        "字段名和值之间须用英文冒号隔开",
    ),
    "expected ',' or '}'": Sentence(
        "A comma has to stand between two fields, or the object has to end with `}`",
        "两个字段之间须用英文逗号隔开，对象须以 `}` 结尾",
    ),
    "expected ',' or ']'": Sentence(
        "A comma has to stand between two items of a list, or the list has to end with `]`",
        "列表的两项之间须用英文逗号隔开，列表须以 `]` 结尾",
    ),
    "invalid character in unicode escape": Sentence(
        "Behind `\\u` in a text stand four hexadecimal digits",
        "文字中的 `\\u` 后面须跟四位十六进制数字",
    ),
    "invalid utf-16 surrogate pair": Sentence(
        "Half of a character stands in a text, as where an emoji was cut in two (`\\ud83d` without"
        " `\\ude00`). Cut texts between characters, or leave the half out",
        "文字中有半个字符，例如表情符号被从中截断（有 `\\ud83d` 而没有 `\\ude00`）；"
        "请在完整字符之间截断文字，或去掉这半个字符",
    ),
    _OUT_OF_RANGE: Sentence(
        "A number is larger than any that can be read. Check it, or leave the field out",
        "数字过大，无法读取；请核对，或省略该字段",
    ),
}

NOT_UTF_8: Final = Sentence(
    "The body is not UTF-8. Send Chinese as UTF-8.",
    "请求内容不是 UTF-8 编码。请以 UTF-8 编码发送。",
)
GBK: Final = Sentence(
    "The body is not UTF-8 (perhaps GBK). Send Chinese as UTF-8.",
    "请求内容不是 UTF-8 编码（可能是 GBK）。请以 UTF-8 编码发送。",
)
TOO_DEEP: Final = Sentence("The body is nested too deeply.", "请求内容嵌套层次过深。")
CUT_OFF: Final = Sentence(
    "The body breaks off in the middle. Check its closing quotes and brackets, and that it was sent"
    " whole.",
    "请求内容不完整。请检查末尾的引号和括号，并确认内容已完整发送。",
)


def not_utf_8(body: bytes) -> Sentence:
    """Of bytes that are no UTF-8, what they look like."""
    try:
        body.decode("gb18030")
    except UnicodeDecodeError:
        return NOT_UTF_8
    return GBK


def why(body: bytes, message: str) -> Sentence:
    """What is wrong with a body of which msgspec says that it is no JSON."""
    for beginning, sentence in _SENT_INSTEAD:
        if re.match(beginning, body):
            return sentence
    if _FORM.fullmatch(body[:2000].strip()):
        return Sentence(
            "The body is a form (application/x-www-form-urlencoded). Send JSON, with Content-Type:"
            " application/json.",
            "请求内容是表单（`application/x-www-form-urlencoded`）。请发送 JSON，"
            "并将 `Content-Type` 设为 `application/json`。",
        )
    if found := _unreadable(body, message):
        return _where(body, *found)
    at = _AT.search(message)
    is_closed = body.rstrip().endswith((b"}", b"]"))
    if at is None or (int(at[1]) >= len(body) and not is_closed):
        return CUT_OFF
    return _where(body, min(int(at[1]), len(body) - 1), message)


def _unreadable(body: bytes, message: str) -> tuple[int, str] | None:
    """Where a number or a text stands that is written as it should be, or nearly so, and can't be
    read, with what msgspec might have said of it: it says no place of the one, and of the other
    that the body breaks off."""
    is_of_numbers = _OUT_OF_RANGE in message
    for token in _TOKENS.finditer(body):
        if not token[0].startswith(b'"'):
            if is_of_numbers and _is_too_large(token[0]):
                return token.start(), _OUT_OF_RANGE
            continue
        for escape in () if is_of_numbers else _ESCAPES.finditer(token[0]):
            if escape["half"]:
                return token.start() + escape.start(), "invalid utf-16 surrogate pair"
            if escape["short"]:
                return token.start() + escape.end(), "invalid character in unicode escape"
    return None


def _is_too_large(number: bytes) -> bool:
    if number.removeprefix(b"-").isdigit():
        return len(number) > _MOST_DIGITS
    try:
        return math.isinf(float(number))
    except ValueError:
        return False


def _where(body: bytes, at: int, message: str) -> Sentence:
    """Which character it is that makes it none, by line and column as editors count."""
    before = body[:at].decode(errors="replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    character = body[at : at + 4].decode(errors="ignore")[:1]
    if body[at - 1 : at] == b"\\" and message not in _TOLD:
        message = "invalid escape character in string"
    en, zh = _told(message, character, body[at : at + 9])
    return Sentence(
        f"{en} (line {line}, column {column}; byte {at}).",
        f"{zh}（第 {line} 行第 {column} 个字符，第 {at} 字节处）。",
    )


def _told(message: str, character: str, word: bytes) -> Sentence:
    if message in _TOLD:  # whatever it begins with
        return _TOLD[message]
    if character and character in _MARKS:
        return Sentence(
            "A full-width mark stands where JSON has one of ASCII",
            "此处用了全角标点，JSON 须用英文半角标点",
        )
    if character == "'":
        return Sentence(
            "Texts stand in double quotes, not in single ones", "文字须用双引号括起来，不能用单引号"
        )
    if character == "/":
        return Sentence("JSON has no comments", "JSON 中不能写注释")
    if re.match(rb"-?(NaN|Infinity|undefined|None|True|False)", word):
        return Sentence(
            "JSON has no such value; where there is none, leave the field out",
            "JSON 中没有这种值；没有内容的字段请省略",
        )
    if character and character in "\n\r\t":
        return Sentence(
            "A line break or tab stands in a text as it is; write `\\n` or `\\t`",
            "文字中直接写了换行或制表符；请写成 `\\n` 或 `\\t`",
        )
    if character and character in "+.":
        return _TOLD["invalid number"]
    for words, sentence in _TOLD.items():
        if words in message:
            return sentence
    return Sentence(
        "It is not JSON: check quotes, commas and brackets",
        "不符合 JSON 语法，请检查引号、逗号和括号",
    )
