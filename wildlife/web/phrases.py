"""What would have been right, in Chinese: the words that stand in a problem's sentence.

Checks and types say it in English, where they are. Whoever adds one adds its Chinese here; a test
goes through all types of bodies and through the problems of the calls.
"""

import re
from typing import Final

from wildlife.words.sentences import HAN

_OTHERWISE: Final = "接口文档（/docs）中列出的内容"
"""Of what nobody put into Chinese: no English stands in a Chinese sentence."""

_PHRASES: Final = {
    # -- types, as `wildlife.web.decoding` calls them
    "text": "文字",
    "text that is not empty": "至少一个字符",
    "a whole number": "整数",
    "a number": "数字",
    "true or false": "`true` 或 `false`",
    "an object": "花括号括起的对象",
    "a list": "方括号括起的列表",
    "a time": "带时区的时间",
    "metres, together with near": "以米为单位的半径，并同时给出 `near`",
    "a UUID": "UUID（32 位十六进制数字，带连字符）",
    "text in the form that /docs tells": "符合规定格式的文字（见 /docs）",
    "a UUID of its own, newly made for this body": "新生成的、仅用于本条内容的 UUID",
    "none": "无",
    "null": "空值",
    "a day": "日期，如 2024-08-04",
    "a day like 2024-07-29": "日期，如 2024-07-29",
    # -- what types say of themselves
    "RFC 3339 with an offset, e.g. 2024-07-29T15:20:00+08:00; from 1950 to 2099": (
        "带时区的时间，如 2024-07-29T15:20:00+08:00，须在 1950 年至 2099 年之间"
    ),
    "RFC 3339 with an offset, e.g. 2024-08-02T18:00:00+08:00; from 1950 to 2099;"
    " it may lie ahead": (
        "带时区的时间，如 2024-08-02T18:00:00+08:00，须在 1950 年至 2099 年之间，可以晚于当前时间"
    ),
    "The animal's number within its incident": "本起警情中动物的编号",
    "A badge number: 2 to 32 of 0-9, A-Z, a-z and -, as in 150425001": (
        "警号：2 至 32 位数字、字母或连字符，如 150425001"
    ),
    "A name: 1 to 200 characters in one line, and not only spaces": (
        "名称：一行，1 至 200 个字符，不能只有空格"
    ),
    "A station's code: 4 to 12 digits": "单位代码：4 至 12 位数字",
    "A region code of 6 to 12 digits: 6 by GB/T 2260, 9 by GB/T 10114 (township), 12 the"
    " statistical code; its prefixes are province, prefecture and county": (
        "行政区划代码：县级 6 位（GB/T 2260），乡级 9 位（GB/T 10114），统计用 12 位"
    ),
    "a region code of 6, 9 or 12 digits in a province that there is": (
        "行政区划代码：6 位、9 位或 12 位，前两位为现有省级代码"
    ),
    "A stake mark: K12+300": "桩号，如 K12+300",
    "A SHA-256 in lower-case hexadecimal": "小写十六进制的 SHA-256",
    # -- parameters and headers
    "the next_cursor of the page before": "上一页的 `next_cursor`",
    "one grouping, or two different ones with a comma between them": (
        "一种分组方式，或以半角逗号分隔的两种不同方式"
    ),
    "left out beside q: a search has no further pages": "不填；按 q 查询时没有后续页",
    "an order as the register names it": "名录中的目名，如 鸮形目",
    "a class as the register names it": "名录中的纲名，如 鸟纲",
    "a genus as the register names it": "名录中的属名（拉丁文），如 `Phalacrocorax`",
    "a flag that lists tell: the incident tells this one": (
        "列表中可查的疑点（此项只在警情中给出）"
    ),
    "the code of a station, together with below": "单位代码，并同时给出 `below`",
    "a Polygon or MultiPolygon as GeoJSON has it, with closed rings in degrees": (
        "几何对象 `Polygon` 或 `MultiPolygon`，各环首尾相接，以度为单位"
    ),
    "a family as the register names it": "名录中的科名，如 鸱鸮科",
    "a family of that order": "该目所含的科",
    "left out: what is of that kind has no animals": "不填；该类警情不涉及动物",
    "the number of a ring, a chip or a tag": "环志、芯片或标牌的号码",
    "the region whose list is meant": "行政区划代码：地方重点名录按行政区划区分",
    "the code of a region or its beginning, like 1504": ("行政区划代码或其前几位，如 1504"),
    "a character that can be seen": "至少一个可见字符",
    "later than `from`": "晚于 `from` 的时间",
    "the code of a station; GET /api/v1/stations": ("单位代码，可用 GET /api/v1/stations 查询"),
    "the code of a problem, as `impossible_step`": "问题代码，如 `impossible_step`",
    "the badge number of an account that you may see": "你可以查看的账号的警号",
    "the id of a species; GET /api/v1/species?q=": (
        "物种的 `species_id`，可用 GET /api/v1/species?q= 按名称查询"
    ),
    'an object by number: `{"1": {…}}` corrects the first, `{"1": null}` takes it away': (
        '按编号写明的更正，如 `{"1": {…}}` 更正第一项，`{"1": null}` 去掉第一项'
    ),
    "1, which is the only one": "1，因为只有一项",
    "nothing; there is none": "不填，因为一项也没有",
    "letters or digits": "含有字母或数字的号码",
    "another mark than those that the same entry puts on": "与本条记录所佩戴标识不同的标识",
    "text that can be read": "有可见字符的文字",
    "text without control characters": "不含控制字符的文字",
    "given once": "只给出一次",
    "text in UTF-8": "UTF-8 编码的文字",
    "text without U+0000": "不含空字符（U+0000）的文字",
    "a day like 2024-08-04, days back like -30d, or a time like 2024-08-04T08:00:00+08:00": (
        "日期（如 2024-08-04，或 -30d 即今天之前 30 天）或时间（如 2024-08-04T08:00:00+08:00）"
    ),
    "a time with its offset like 2024-07-29T15:20:00+08:00": (
        "带时区的时间，如 2024-07-29T15:20:00+08:00"
    ),
    "west,south,east,north in degrees, west before east and south before north": (
        "以度为单位的西、南、东、北界，以逗号分隔，西界小于东界，南界小于北界"
    ),
    "longitude,latitude in degrees, together with radius_m": (
        "以度为单位的经度、纬度，以逗号分隔，并同时给出 `radius_m`"
    ),
    "a whole number of bytes": "以字节为单位的整数",
    "each key once": "每个键只出现一次",
    "keys with Base64 of UTF-8: filename 5aSn5bGA5a2QLmpwZw==,…": (
        "键和以 Base64 编码的 UTF-8 值，如 filename 5aSn5bGA5a2QLmpwZw=="
    ),
    "64 hexadecimal digits": "64 位十六进制数字",
    "the body as it is, without Content-Encoding": ("未经压缩的内容（不带 `Content-Encoding`）"),
    # -- bodies
    "an object as JSON": "JSON 对象",
    "a description or a point, or both": "地点描述或坐标，至少填写一项",
    "at least one field": "至少一个字段",
    'an object by number: `{"1": {…}}` corrects the first; a further one is an entry': (
        '按编号写明的更正，如 `{"1": {…}}` 更正第一项；新增请另行追加记录'
    ),
    'an object by value: `{"value": true}` adds one, `{"value": null}` takes one away': (
        '按值写明的更正，如 `{"值": true}` 增加一项，`{"值": null}` 去掉一项'
    ),
    "an entry; an opening is amended, or the incident closed": (
        "时间线上的一条记录；登记信息不能作废，请更正，或办结本起警情"
    ),
    # -- what the bytes of a photo are instead
    "empty": "空文件",
    "video": "视频",
    "ZIP or a document": "压缩包或文档",
    "HTML, SVG or other text": "网页、SVG 或其他文本",
    "Base64": "Base64 文本",
    "a form (multipart/form-data)": "表单（`multipart/form-data`）",
    "no image format": "无法识别的格式",
}

_BOUNDS: Final = {">=": "不小于", "<=": "不大于", ">": "大于", "<": "小于"}

_CODES: Final = re.compile(r"[\w.:/+=*{}-]+(, [\w.:/+=*{}-]+)*", re.ASCII)
"""Codes, names of fields, paths, numbers, times: no words of a language."""

_NUMBER: Final = re.compile(r"(a whole number|a number) (>=|<=|>|<) (\S+)")
_BETWEEN: Final = re.compile(r"(a whole number|a number) from (\S+) to (\S+)")
_ABOVE: Final = re.compile(r"(a whole number|a number) above (\S+), at most (\S+)")
_LENGTH: Final = re.compile(r"(text|a list) of (\d+ to |at most |at least )(\d+)( characters)?")
_DIGITS: Final = re.compile(r"(\d+) to (\d+) digits")
_BYTES: Final = re.compile(r"at most (\d+) bytes")
_RANGE: Final = re.compile(r"(\d+) to (\d+)")
_YEAR: Final = re.compile(r"(\d{4}) or later")
_WITHIN: Final = re.compile(r"(.+) \((.+)\)")
# Between Chinese and what is Latin stands a space.
_LATIN_BESIDE_OR: Final = re.compile(r"(?<=[!-~])(?=或)|(?<=或)(?=[!-~])")
_DIGEST: Final = re.compile(r"one of (.+), a space, and the digest in Base64")


def known_in_chinese(english: str) -> str | None:
    """The same in Chinese; codes and what is Chinese already stay as they are. None where nobody
    put it into Chinese."""
    if english in _PHRASES:
        return _PHRASES[english]
    if not english or _CODES.fullmatch(english) or re.search(HAN, english):
        return english
    if match := _NUMBER.fullmatch(english):
        return f"{_BOUNDS[match[2]]} {match[3]} 的{_PHRASES[match[1]]}"
    if match := _BETWEEN.fullmatch(english):
        return f"{match[2]} 至 {match[3]} 的{_PHRASES[match[1]]}"
    if match := _ABOVE.fullmatch(english):
        return f"大于 {match[2]}、不超过 {match[3]} 的{_PHRASES[match[1]]}"
    if match := _LENGTH.fullmatch(english):
        unit = "项的列表" if match[1] == "a list" else "个字符的文字"
        least = match[2].replace("at most", "最多").replace("at least", "至少").replace("to", "至")
        return f"{least}{match[3]} {unit}"
    if match := _DIGITS.fullmatch(english):
        return f"{match[1]} 至 {match[2]} 位数字"
    if match := _BYTES.fullmatch(english):
        return f"不超过 {match[1]} 字节"
    if match := _RANGE.fullmatch(english):
        return f"{match[1]} 至 {match[2]}"
    if match := _YEAR.fullmatch(english):
        return f"{match[1]} 年或以后"
    if match := _DIGEST.fullmatch(english):
        return f"{'、'.join(match[1].split(', '))} 之一，一个空格，以及 Base64 编码的摘要值"
    if " or " in english:
        each = [known_in_chinese(one) for one in english.split(" or ")]
        known = [one for one in each if one is not None]
        joined = "或".join(known) if len(known) == len(each) else None
        return joined and _LATIN_BESIDE_OR.sub(" ", joined)
    if match := _WITHIN.fullmatch(english):
        words, within = known_in_chinese(match[1]), known_in_chinese(match[2])
        return f"{words}（{within}）" if words and within else None
    wanted, _, got = english.partition(", got ")
    return known_in_chinese(wanted) if got else None


def are_codes(english: str) -> bool:
    """Whether these are codes, fields or numbers, one or several, and no words."""
    return bool(_CODES.fullmatch(english))


def is_known(english: str) -> bool:
    """Whether it is one of the phrases: `none` is a word, and no code."""
    return english in _PHRASES


def in_chinese(english: str) -> str:
    """The same in Chinese, or where it is written what is meant."""
    return known_in_chinese(english) or _OTHERWISE
