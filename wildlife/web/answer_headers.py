"""What answers say beside their bodies, for the OpenAPI document."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from litestar.datastructures import ResponseHeader

HEADERS: Final = {
    "Accept-Ranges": "可分段下载。Always `bytes`: any part of it may be asked for (`Range`).",
    "Cache-Control": "缓存规则。Whether the answer may be kept, and by whom.",
    "Content-Disposition": "保存文件名。The name under which it is saved; `attachment`: it is not"
    " to be shown.",
    "Content-Encoding": "压缩方式。`gzip`, where `Accept-Encoding` takes it and it gains anything.",
    "Content-Range": "所含字节范围。Which bytes these are, and of how many: `bytes 0-99/2483712`;"
    " where none of those are: of how many, `bytes */2483712`.",
    "ETag": "版本标识。Of this answer: `If-None-Match` asks whether it has changed since.",
    "Link": "下一页地址。Where the list goes on, `rel=next` (RFC 8288); absent on the last page.",
    "Location": "地址。Where it is read, or sent on to, from now on.",
    "Retry-After": "重试间隔。In how many seconds to send the same again.",
    "Set-Cookie": "登录进行中。That a sign-in by the identity provider is under way in this"
    " browser; no page reads it.",
    "Total-Count": "总条数。How many there are in all, where `count` asked for it.",
    "Tus-Resumable": "tus 版本。The version of tus that is spoken: `1.0.0`.",
    "Tus-Version": "支持的 tus 版本。The versions of tus that are spoken.",
    "Upload-Expires": "上传保留期限。Until when the upload is kept if nothing more comes.",
    "Upload-Length": "照片总长度。How many bytes the whole photo has.",
    "Upload-Metadata": "照片元数据。As it was sent when the upload began.",
    "Upload-Offset": "已收字节数。How many bytes are held: go on from here.",
    "Vary": "内容协商。Which header of the request the answer depends on.",
    "WWW-Authenticate": "认证方式。`Bearer`: sign in, and send the token; of a feed `Basic`.",
}
# What a header says where something was added: what may be asked for next.
_ADDED: Final = {
    "ETag": "版本标识。Of the record with this in it: `If-Match` of the next entry takes it.",
}
UPLOAD: Final = ("Upload-Offset", "Upload-Length", "Upload-Expires", "Tus-Resumable")

NEEDED: Final = {"Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Offset"}
"""Headers of a request that have to be there. Their handlers say so in words of their own, and take
them as what may be missing."""

# The first digits of statuses by which all went as it was to.
_SUCCESS: Final = "23"

# Those that come with a status.
_BY_STATUS: Final = {
    "206": "Content-Range",
    "401": "WWW-Authenticate",
    "416": "Content-Range",
    "429": "Retry-After",
    "503": "Retry-After",
}

# … and those that problems have as well.
_ALWAYS: Final = {"Tus-Resumable"}

_ASKED: Final = {
    "ETag": {
        "name": "If-None-Match",
        "description": "已有版本。The ETag that is held: 304 and no body where it is still right.",
    },
    "Accept-Ranges": {
        "name": "Range",
        "description": "字节范围。Which bytes are wanted, as `bytes=0-99`; without it: all.",
    },
}


def documented_headers(*names: str) -> list[ResponseHeader]:
    """The headers of a route's success, which it sets itself."""
    return [
        ResponseHeader(name=name, value="", description=HEADERS[name], documentation_only=True)
        for name in names
    ]


def add_headers(method: str, operation: dict[str, Any]) -> None:
    """Put into an operation of the document: all its successes have the headers of the first, and
    every answer has those of its status; who may ask for less than all is told how."""
    answers: dict[str, Any] = operation["responses"]
    told = [one.get("headers") for status, one in answers.items() if status[0] in _SUCCESS]
    written = {name.lower(): name for name in HEADERS}
    shared = {written[name.lower()] for name in next(filter(None, told), ())}
    said = HEADERS | (_ADDED if method == "post" else {})
    for status, answer in answers.items():
        names = {_BY_STATUS.get(status)} | (shared if status[0] in _SUCCESS else shared & _ALWAYS)
        if "`unsupported_tus_version`" in answer["description"]:
            names.add("Tus-Version")
        _describe(answer, names, said)
    if method in ("get", "head"):
        _add_conditions(operation, shared)


def _add_conditions(operation: dict[str, Any], shared: set[str]) -> None:
    for header, asked in _ASKED.items():
        if header in shared:
            parameter = {**asked, "in": "header", "required": False, "schema": {"type": "string"}}
            operation.setdefault("parameters", []).append(parameter)
    if "ETag" in shared:
        operation["responses"]["304"] = answer = {"description": "Not Modified"}
        _describe(answer, shared - {"Accept-Ranges"}, HEADERS)


def _describe(
    answer: dict[str, Any], names: Collection[str | None], said: Mapping[str, str]
) -> None:
    headers = {
        name: {"description": sentence, "schema": {"type": "string"}}
        for name, sentence in said.items()
        if name in names
    }
    if headers:
        answer["headers"] = headers
    else:
        answer.pop("headers", None)
