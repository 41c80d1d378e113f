"""The protocol of resumable uploads, tus 1.0.0: what its headers say, and what is refused."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from httpx import AsyncClient

from tests.bodies import PHOTO_PARAMETERS
from tests.pictures import encoded, noise
from tests.tus import PART, TUS
from tests.uploading import (
    EXPIRY_S,
    PHOTO_LIMIT_BYTES,
    Body,
    Sending,
    attached,
    break_off,
    checksum,
    kept,
    limited,
    offset,
    original,
    originals,
    refusal,
    unfinished,
)
from tests.users import API, Person
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Limits that are quickly reached, also of bodies that are no photos."""
    return msgspec.structs.replace(limited(settings), body_limit_bytes=10_000)


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return encoded(noise(120, 80), quality=60)


@pytest.fixture
async def sending(officer: Person, jpeg: bytes) -> Sending:
    """A small photo of an incident of the officer's, not begun yet."""
    return Sending(officer, await officer.opened(), jpeg)


# ---------------------------------------------------------------- the protocol


async def test_what_of_tus_is_spoken_is_told_to_anybody(client: AsyncClient) -> None:
    for path in (f"{API}/uploads", f"{API}/uploads/{uuid4()}"):
        answer = await client.options(path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Max-Size"] == str(PHOTO_LIMIT_BYTES)
        assert set(answer.headers["Tus-Extension"].split(",")) == {
            "creation",
            "creation-with-upload",
            "checksum",
            "expiration",
            "termination",
        }
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


async def test_a_photo_is_sent_in_parts_and_is_on_the_timeline_with_the_last(
    sending: Sending, settings: Settings
) -> None:
    sending.said = {
        "taken_at": "2024-07-29T16:05:00+08:00",
        "caption": "发现时：蹲在林下",
        "about": "animal:1",
        "filename": "大局子.jpg",
    }
    begun = await sending.begin()
    assert (begun.status_code, offset(begun)) == (201, 0)
    assert begun.headers["Location"].startswith(f"http://wildlife.test{API}/uploads/")
    third = len(sending.content) // 3
    for start, end in ((0, third), (third, 2 * third), (2 * third, len(sending.content))):
        assert not await attached(sending)
        answer = await sending.send(start, end)
        assert (answer.status_code, offset(answer), answer.content) == (204, end, b"")
    assert await attached(sending)
    assert original(settings, sending.content).read_bytes() == sending.content
    shown = await sending.person.read(f"/incidents/{sending.incident}/photos/{sending.photo}")
    for name in ("taken_at", "caption", "about"):
        assert shown[name] == sending.said[name]


async def test_how_far_an_upload_is_can_be_asked_at_any_time(sending: Sending) -> None:
    sending.said = {"filename": "大局子.jpg"}
    await sending.begin()
    half = len(sending.content) // 2
    for at, send in ((0, None), (half, (0, half)), (len(sending.content), (half, None))):
        if send is not None:
            await sending.send(*send)
        answer = await sending.ask()
        assert (answer.status_code, offset(answer), answer.content) == (200, at, b"")
        assert answer.headers["Upload-Length"] == str(len(sending.content))
        assert answer.headers["Upload-Metadata"] == sending.metadata
        assert answer.headers["Cache-Control"] == "no-store"


async def test_until_when_an_upload_is_kept_is_said(sending: Sending) -> None:
    for answer in (await sending.begin(), await sending.send(0, 100), await sending.ask()):
        until = parsedate_to_datetime(answer.headers["Upload-Expires"])
        assert abs(until - datetime.now(UTC) - timedelta(seconds=EXPIRY_S)).total_seconds() < 60
    await sending.send(100)
    until = parsedate_to_datetime((await sending.ask()).headers["Upload-Expires"])
    assert until > datetime.now(UTC) + timedelta(days=27)


async def test_behind_a_proxy_for_tls_the_location_is_secure_too(sending: Sending) -> None:
    for said, scheme in (("https", "https"), ("http", "http"), ("ftp", "http")):
        answer = await sending.begin(X_Forwarded_Proto=said)
        assert answer.headers["Location"].startswith(f"{scheme}://wildlife.test{API}/uploads/")


async def test_another_version_of_tus_is_refused(sending: Sending, settings: Settings) -> None:
    await sending.begin()
    before = kept(settings)
    body = Body(sending.content)
    for version in (None, "0.2.2", "1.0.1", ""):
        said = {} if version is None else {"Tus-Resumable": version}
        headers = sending.headers() | PART | {"Upload-Offset": "0"}
        del headers["Tus-Resumable"]
        for method, path in (
            ("POST", "/uploads"),
            ("PATCH", sending.path),
            ("DELETE", sending.path),
            ("HEAD", sending.path),
        ):
            answer = await sending.person.request(
                method, path, headers=headers | said, content=aiter(body)
            )
            assert (answer.status_code, method) == (412, method)
            if method != "HEAD":
                assert refusal(answer) == (412, "unsupported_tus_version")
                assert "1.0.0" in answer.json()["detail"]
    assert not body.read
    assert kept(settings) == before
    assert offset(await sending.ask()) == 0


async def test_a_refusal_of_the_version_names_those_spoken(sending: Sending) -> None:
    answer = await sending.begin(Tus_Resumable="0.2.2")
    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"


async def test_every_answer_says_the_version(sending: Sending, client: AsyncClient) -> None:
    path = f"/uploads/{uuid4()}"
    for answer, expected in (
        (await client.request("HEAD", API + path, headers=TUS), 401),
        (await client.post(f"{API}/uploads", headers=TUS), 401),
        (await sending.person.request("HEAD", path, headers=TUS), 404),
        (await sending.person.request("DELETE", path, headers=TUS), 404),
        (await sending.person.request("HEAD", path), 412),
        (await sending.begin(), 201),
        (await sending.send(0, 100), 204),
        (await sending.send(0, 100), 409),
        (await sending.send_bytes(100, b"", {"Content-Type": "image/jpeg"}), 415),
        (await sending.ask(), 200),
        (await sending.take_back(), 204),
        (await sending.person.get(path), 405),
        (await sending.person.request("PATCH", "/uploads"), 405),
        (await sending.person.request("HEAD", "/uploads/no-uuid"), 404),
        (await client.options(f"{API}/uploads"), 204),
    ):
        assert answer.status_code == expected
        assert answer.headers.get_list("Tus-Resumable") == ["1.0.0"], expected
    for elsewhere in ("/incidents", "/uploadsx"):
        assert "Tus-Resumable" not in (await sending.person.get(elsewhere)).headers


async def test_a_part_is_taken_only_as_a_part(sending: Sending) -> None:
    await sending.begin()
    body = Body(sending.content)
    for content_type in (None, "image/jpeg", "application/octet-stream"):
        headers = TUS | {"Upload-Offset": "0"}
        if content_type:
            headers["Content-Type"] = content_type
        answer = await sending.person.request(
            "PATCH", sending.path, headers=headers, content=aiter(body)
        )
        assert refusal(answer) == (415, "unsupported_media_type")
        assert "application/offset+octet-stream" in answer.json()["detail"]
    assert not body.read
    assert offset(await sending.ask()) == 0


async def test_a_part_for_another_offset_changes_nothing(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    before = unfinished(settings).read_bytes()
    for wrong in (0, 499, 501, 900):
        answer = await sending.send(wrong, wrong + 100)
        assert refusal(answer) == (409, "wrong_offset")
        assert "500" in answer.json()["detail"]
    assert unfinished(settings).read_bytes() == before == sending.content[:500]
    assert offset(await sending.ask()) == 500
    assert offset(await sending.send(500)) == len(sending.content)
    assert await attached(sending)


async def test_a_part_that_would_go_beyond_the_end_for_another_offset_has_the_wrong_offset(
    sending: Sending,
) -> None:
    # A client tries again after 409, and gives up after 413.
    await sending.begin()
    await sending.send(0, 500)
    for wrong in (len(sending.content), len(sending.content) + 1):
        answer = await sending.send_bytes(wrong, b"more")
        assert refusal(answer) == (409, "wrong_offset")


async def test_more_than_the_upload_is_long_is_refused_and_what_is_there_stays(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    announced = Body(sending.content[500:] + b"!")
    headers = {"Content-Length": str(len(announced.content))}
    answer = await sending.send_bytes(500, aiter(announced), headers)
    assert refusal(answer) == (413, "body_too_large")
    assert not announced.read
    unannounced = Body(sending.content[500:] + b"!")
    answer = await sending.send_bytes(500, aiter(unannounced))
    assert refusal(answer) == (413, "body_too_large")
    assert sending.content.startswith(unfinished(settings).read_bytes())
    at = offset(await sending.ask())
    assert at >= 500
    assert offset(await sending.send(at)) == len(sending.content)
    assert await attached(sending)


async def test_an_empty_part_is_taken_and_changes_nothing(sending: Sending) -> None:
    await sending.begin()
    assert offset(await sending.send_bytes(0, b"")) == 0
    await sending.send(0, 500)
    assert offset(await sending.send_bytes(500, b"")) == 500
    await sending.send(500)
    assert offset(await sending.send_bytes(len(sending.content), b"")) == len(sending.content)
    assert await attached(sending)


async def test_the_last_part_sent_again_is_told_that_it_is_there(sending: Sending) -> None:
    await sending.begin()
    await sending.send(0, 500)
    await sending.send(500)
    answer = await sending.send(500)
    assert refusal(answer) == (409, "wrong_offset")
    assert offset(await sending.ask()) == len(sending.content)
    assert await attached(sending)


# ---------------------------------------------------------------- headers that are wrong


async def test_a_number_that_is_none_is_named(sending: Sending, settings: Settings) -> None:
    body = Body(sending.content)
    wrong = (None, "", "-1", "1.5", "１２", "0x10", "long")
    for given in wrong:
        headers = sending.headers() | PART
        del headers["Upload-Length"]
        answer = await sending.person.request(
            "POST",
            "/uploads",
            headers=as_sent(headers, "Upload-Length", given),
            content=aiter(body),
        )
        assert refusal(answer) == (400, "invalid_header"), given
        assert answer.json()["errors"][0]["field"] == "Upload-Length"
        assert "a whole number" in answer.json()["detail"]
    assert kept(settings) == []
    await sending.begin()
    for given in wrong:
        headers = as_sent(PART, "Upload-Offset", given)
        answer = await sending.person.request(
            "PATCH", sending.path, headers=headers, content=aiter(body)
        )
        assert refusal(answer) == (400, "invalid_header"), given
        assert answer.json()["errors"][0]["field"] == "Upload-Offset"
    assert not body.read


def as_sent(headers: dict[str, str], name: str, given: str | None) -> dict[str, Any]:
    """The headers with one more, if any, which may be no ASCII."""
    return headers if given is None else headers | {name: given.encode()}


async def test_metadata_that_is_no_base64_of_text_is_named(
    sending: Sending, settings: Settings
) -> None:
    for given in (
        "photo_id not-base64!",
        "photo_id YQ",
        "photo_id " + b64encode(b"\xff\xfe").decode(),
        "filename YQ==,photo_id ?",
    ):
        answer = await sending.begin(Upload_Metadata=given)
        assert refusal(answer) == (400, "invalid_header"), given
        [error] = answer.json()["errors"]
        assert error["field"] == "Upload-Metadata"
        assert "Base64" in error["expected"]
    assert kept(settings) == []


async def test_all_that_is_wrong_with_the_headers_of_an_upload_is_told_at_once(
    sending: Sending, settings: Settings
) -> None:
    wrong = sending.headers() | PART | {"Upload-Length": "long", "Upload-Checksum": "md5 AAAA"}
    twice = "photo_id ?,filename YQ==,filename YQ=="
    for metadata, told in (
        (twice, ["Upload-Metadata", "Upload-Metadata"]),
        (f"{wrong['Upload-Metadata']},about YQ==,colour YQ==", ["about", "colour"]),
    ):
        headers = wrong | {"Upload-Metadata": metadata}
        answer = await sending.person.request("POST", "/uploads", headers=headers)
        assert refusal(answer) == (400, "invalid_header")
        fields = [error["field"] for error in answer.json()["errors"]]
        assert fields == ["Upload-Length", *told, "Upload-Checksum"]
    assert kept(settings) == []
    await sending.begin()
    headers = PART | {"Upload-Offset": "-1", "Upload-Checksum": "md5 AAAA"}
    answer = await sending.person.request("PATCH", sending.path, headers=headers)
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["Upload-Offset", "Upload-Checksum"]


async def test_a_checksum_that_cannot_be_read_is_named(sending: Sending) -> None:
    await sending.begin()
    body = Body(sending.content)
    for given in ("md5 " + b64encode(bytes(16)).decode(), "crc32 AAAA", "sha256 no-base64!", ""):
        answer = await sending.send_bytes(0, aiter(body), {"Upload-Checksum": given})
        assert refusal(answer) == (400, "invalid_header"), given
        [error] = answer.json()["errors"]
        assert error["field"] == "Upload-Checksum"
        assert "sha1, sha256" in error["expected"]
    assert not body.read
    assert offset(await sending.ask()) == 0


async def test_a_checksum_of_another_length_than_its_algorithm_has_is_named(
    sending: Sending,
) -> None:
    await sending.begin()
    for given in ("sha1", "sha256 " + b64encode(bytes(20)).decode()):
        answer = await sending.send(headers={"Upload-Checksum": given})
        assert refusal(answer) == (400, "invalid_header")


@pytest.mark.parametrize("name", ["Upload-Metadata", "Upload-Checksum"])
async def test_a_header_that_is_no_ascii_is_named(sending: Sending, name: str) -> None:
    await sending.begin()
    headers = as_sent(sending.headers() | PART | {"Upload-Offset": "0"}, name, "sha1 大局子")
    for method, path in (("POST", "/uploads"), ("PATCH", sending.path)):
        if (method, name) != ("PATCH", "Upload-Metadata"):
            answer = await sending.person.request(method, path, headers=headers)
            assert refusal(answer) == (400, "invalid_header")
            assert answer.json()["errors"][0]["field"] == name


async def test_what_is_wrong_with_a_header_is_said_in_chinese(sending: Sending) -> None:
    for changes, words in (
        ({"Upload_Length": "long"}, "`Upload-Length` 填的是“long”，应为"),
        ({"Upload_Metadata": "photo_id ?"}, "`Upload-Metadata` 填的是“photo_id ?”，应为"),
        ({"Tus_Resumable": "0.2.2"}, "请发送 Tus-Resumable: 1.0.0；本次收到的是 0.2.2"),
    ):
        answer = await sending.begin(**changes, Accept_Language="zh-CN,zh;q=0.9,en;q=0.5")
        assert words in answer.json()["detail"]
    await sending.begin()
    answer = await sending.send(headers={"Upload-Checksum": "md5 A", "Accept-Language": "zh"})
    assert "`Upload-Checksum` 填的是“md5 A”，应为" in answer.json()["detail"]
    answer = await sending.send(1, headers={"Accept-Language": "zh"})
    assert "已收到 0 字节" in answer.json()["detail"]


# ---------------------------------------------------------------- clients that send POST only


async def test_a_post_that_says_what_it_is_meant_to_be_is_that(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    half = len(sending.content) // 2
    assert offset(await sending.send_bytes(0, sending.content[:half], method="POST")) == half
    asked = await sending.person.request(
        "POST", sending.path, headers=TUS | {"X-HTTP-Method-Override": "head"}
    )
    assert (asked.status_code, offset(asked), asked.content) == (200, half, b"")
    assert asked.headers["Content-Length"] == "0", "or its client waits for more"
    answer = await sending.send_bytes(half, sending.content[half:], method="POST")
    assert (answer.status_code, offset(answer)) == (204, len(sending.content))
    assert await attached(sending)
    gone = await sending.person.request(
        "POST", sending.path, headers=TUS | {"X-HTTP-Method-Override": " Delete "}
    )
    assert gone.status_code == 204
    assert kept(settings) == []


async def test_what_a_post_is_meant_to_be_is_what_guards_limits_and_logs_see(
    sending: Sending, official: Person, settings: Settings, client: AsyncClient
) -> None:
    await sending.begin()
    theirs = Sending(official, "", sending.content, location=sending.location)
    body = Body(sending.content)
    assert refusal(await theirs.send_bytes(0, aiter(body), method="POST")) == (403, "forbidden")
    assert not body.read
    large = Sending(
        sending.person, sending.incident, sending.content + bytes(settings.body_limit_bytes)
    )
    await large.begin()
    answer = await large.send_bytes(0, large.content, method="POST")
    assert offset(answer) == len(large.content), "a photo may be larger than other bodies"
    assert settings.log_file is not None
    logged = [msgspec.json.decode(line) for line in settings.log_file.read_text().splitlines()]
    [line] = [one for one in logged if one.get("path") == large.path_whole]
    assert (line["method"], line["status"]) == ("PATCH", 204)
    counters = (await client.get("/metrics")).text
    patches = 'method="PATCH",route="/api/v1/uploads/{upload_id}",status="204"'
    assert f"wildlife_requests_total{{{patches}}}" in counters


async def test_no_other_request_is_taken_for_what_it_says_to_be(sending: Sending) -> None:
    await sending.begin()
    meant = {"X-HTTP-Method-Override": "DELETE"}
    incident = f"/incidents/{sending.incident}"
    assert (await sending.person.get(incident, headers=meant)).status_code == 200
    assert (await sending.person.post("/receipts", {}, headers=meant)).status_code != 405
    assert offset(await sending.ask(**meant)) == 0
    assert offset(await sending.ask()) == 0


async def test_a_post_that_is_meant_to_be_what_there_is_not_is_no_new_upload(
    sending: Sending, settings: Settings
) -> None:
    for meant in ("PUT", "GET", "PATCH", "ПАТЧ", "PATCH, DELETE", "POST"):
        answer = await sending.begin(X_HTTP_Method_Override=meant.encode())
        if meant == "POST":
            assert answer.status_code == 201
        else:
            assert refusal(answer) == (405, "method_not_allowed"), meant
            assert "POST" in answer.headers["Allow"]
            assert kept(settings) == []


# ---------------------------------------------------------------- extensions not offered


@pytest.mark.parametrize(
    "given",
    [
        {"Upload-Concat": "partial"},
        {"upload-concat": "final;/api/v1/uploads/a /api/v1/uploads/b"},
        {"Upload-Defer-Length": "1"},
        {"Upload-Complete": "?0"},
        {"Upload-Draft-Interop-Version": "6"},
        {"Trailer": "Upload-Checksum"},
    ],
    ids=str,
)
async def test_an_extension_that_is_not_offered_is_refused_by_name(
    sending: Sending, settings: Settings, given: dict[str, str]
) -> None:
    [name] = given
    body = Body(sending.content)
    headers = sending.headers() | PART | given
    answer = await sending.person.request("POST", "/uploads", headers=headers, content=aiter(body))
    assert refusal(answer) == (400, "unsupported_extension")
    assert answer.json()["errors"][0]["field"] == name.title()
    for offered in ("creation-with-upload", "checksum", "expiration", "termination"):
        assert offered in answer.json()["detail"]
    assert kept(settings) == []
    await sending.begin()
    answer = await sending.send_bytes(0, aiter(body), given)
    assert refusal(answer) == (400, "unsupported_extension")
    assert not body.read
    assert offset(await sending.ask()) == 0


async def test_the_halves_of_a_photo_are_no_photos(sending: Sending) -> None:
    # As tus-js-client does it with parallelUploads: 2; each half was taken for a photo.
    half = len(sending.content) // 2
    for part in (sending.content[:half], sending.content[half:]):
        answer = await sending.begin(part, Upload_Length=str(len(part)), Upload_Concat="partial")
        assert refusal(answer) == (400, "unsupported_extension")
    assert not await attached(sending)


async def test_an_extension_that_is_not_offered_is_refused_in_chinese(sending: Sending) -> None:
    answer = await sending.begin(Upload_Concat="partial", Accept_Language="zh")
    assert (
        "`Upload-Concat` 属于本系统不支持的 tus 扩展；可用扩展：`creation`、"
        in answer.json()["detail"]
    )


# ---------------------------------------------------------------- said otherwise, meant the same


async def test_a_content_type_is_compared_without_case_and_parameters(sending: Sending) -> None:
    await sending.begin()
    at = 0
    for content_type in (
        "Application/Offset+Octet-Stream",
        "application/offset+octet-stream; charset=UTF-8",
        "application/offset+octet-stream ;x=y",
    ):
        answer = await sending.send_bytes(
            at, sending.content[at : at + 10], {"Content-Type": content_type}
        )
        at += 10
        assert offset(answer) == at, content_type
    begun = Sending(sending.person, sending.incident, sending.content)
    headers = begun.headers() | {"Content-Type": "APPLICATION/OFFSET+OCTET-STREAM;v=1"}
    answer = await begun.person.request(
        "POST", "/uploads", headers=headers, content=begun.content[:70]
    )
    assert offset(answer) == 70


@pytest.mark.parametrize("algorithm", ["SHA1", "Sha256"])
async def test_the_name_of_an_algorithm_is_compared_without_case(
    sending: Sending, algorithm: str
) -> None:
    await sending.begin()
    given = checksum(sending.content, algorithm)
    assert given["Upload-Checksum"].startswith(algorithm)
    assert offset(await sending.send(headers=given)) == len(sending.content)
    assert await attached(sending)


# ---------------------------------------------------------------- what is said in metadata


async def test_metadata_may_have_spaces_empty_values_and_keys_that_clients_add(
    sending: Sending,
) -> None:
    said = sending.metadata
    nul = b64encode(b"a\0b.jpg").decode()
    for more in (
        "caption ,about ,taken_at",
        f"filename {nul}",
        "relativePath bnVsbA==,name eA==,type ,filetype aW1hZ2UvanBlZw==",
        ", ,",
    ):
        given = f"{said.replace(',', ' , ')},{more}".encode()
        assert offset(await sending.begin(Upload_Metadata=given)) == 0, more
        [echoed] = (v for k, v in (await sending.ask()).headers.raw if k == b"upload-metadata")
        assert echoed == given
    assert offset(await sending.send()) == len(sending.content)
    assert await attached(sending)


async def test_a_key_that_comes_twice_is_named(sending: Sending, settings: Settings) -> None:
    twice = f"{sending.metadata},photo_id {b64encode(str(uuid4()).encode()).decode()}"
    answer = await sending.begin(Upload_Metadata=twice)
    assert refusal(answer) == (400, "invalid_header")
    [error] = answer.json()["errors"]
    assert error["given"].startswith("photo_id ")
    assert error["expected"] == "each key once"
    assert kept(settings) == []


async def test_metadata_is_bounded_where_all_that_can_be_said_has_room(
    sending: Sending, settings: Settings
) -> None:
    sending.said = {
        "sha256": sending.sha256,
        "taken_at": "2024-07-29T16:05:00.123456+08:00",
        "caption": "字" * 4000,
        "about": "animal:1",
        "taken_place": PHOTO_PARAMETERS["taken_place"],
        "filename": "大局子三道沟" * 42 + ".jpg",
    }
    assert offset(await sending.begin()) == 0
    assert (await sending.ask()).headers["Upload-Metadata"] == sending.metadata
    await sending.take_back()
    for length in (20_001, 32_000):
        given = sending.metadata + ",x " + "A" * (length - len(sending.metadata) - 3)
        answer = await sending.begin(Upload_Metadata=given)
        assert refusal(answer) == (400, "invalid_header")
        assert answer.json()["errors"][0]["expected"] == "at most 20000 bytes"
        assert len(answer.content) < 1000, "of what was sent little is sent back"
    assert kept(settings) == []


async def test_of_a_pair_that_cannot_be_read_little_is_sent_back(sending: Sending) -> None:
    answer = await sending.begin(Upload_Metadata="caption " + "!" * 10_000)
    assert refusal(answer) == (400, "invalid_header")
    assert len(answer.content) < 1000
    answer = await sending.begin(b"", Upload_Checksum="sha1 " + "!" * 10_000)
    assert refusal(answer) == (400, "invalid_header")
    assert len(answer.content) < 1000


# ---------------------------------------------------------------- checksums


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_part_with_its_checksum_is_kept_and_any_other_is_not(
    sending: Sending, settings: Settings, algorithm: str
) -> None:
    await sending.begin()
    half = len(sending.content) // 2
    right = checksum(sending.content[:half], algorithm)
    assert offset(await sending.send(0, half, right)) == half
    before = kept(settings)
    wrong = checksum(b"other", algorithm)
    answer = await sending.send(half, None, wrong)
    assert refusal(answer) == (460, "wrong_checksum")
    assert answer.json()["errors"][0]["field"] == "Upload-Checksum"
    assert unfinished(settings).read_bytes() == sending.content[:half]
    assert kept(settings) == before, "nothing aside either"
    assert offset(await sending.ask()) == half
    right = checksum(sending.content[half:], algorithm)
    assert offset(await sending.send(half, None, right)) == len(sending.content)
    assert await attached(sending)


async def test_a_part_that_breaks_off_is_kept_as_far_as_it_came(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    statuses = await break_off(sending, 0, sending.content[:1000])
    assert all(400 <= status < 500 for status in statuses), "it is no fault of ours"
    assert offset(await sending.ask()) == 1000
    assert unfinished(settings).read_bytes() == sending.content[:1000]
    assert offset(await sending.send(1000)) == len(sending.content)
    assert await attached(sending)


async def test_of_a_part_with_a_checksum_that_breaks_off_nothing_is_kept(
    sending: Sending, settings: Settings
) -> None:
    await sending.begin()
    await sending.send(0, 500)
    before = kept(settings)
    right = checksum(sending.content[500:])["Upload-Checksum"]
    statuses = await break_off(sending, 500, sending.content[500:1000], Upload_Checksum=right)
    assert all(400 <= status < 500 for status in statuses), "it is no fault of ours"
    assert kept(settings) == before
    assert offset(await sending.ask()) == 500
    assert offset(await sending.send(500)) == len(sending.content)
    assert await attached(sending)


async def test_a_photo_that_is_not_what_was_declared_is_begun_again(
    sending: Sending, settings: Settings
) -> None:
    sending.said = {"sha256": sending.sha256}
    await sending.begin()
    await sending.send(0, 500)
    broken = bytes(len(sending.content) - 500)
    answer = await sending.send_bytes(500, broken)
    assert refusal(answer) == (460, "wrong_checksum")
    [error] = answer.json()["errors"]
    assert (error["field"], error["expected"]) == ("sha256", sending.sha256)
    assert error["given"] == sha256(sending.content[:500] + broken).hexdigest()
    assert kept(settings) == []
    assert originals(settings) == []
    assert (await sending.ask()).status_code == 404
    assert offset(await sending.begin(sending.content)) == len(sending.content)
    assert await attached(sending)


async def test_what_its_entry_could_not_say_is_told_before_a_byte_of_a_photo_is_taken(
    officer: Person, jpeg: bytes, settings: Settings
) -> None:
    incident = await officer.opened()
    nobody = str(UUID(int=0))
    unfit = Sending(officer, incident, jpeg, photo=nobody)
    unfit.said = {"caption": "\u200b", "about": "animal:9", "taken_at": "2090-01-01T00:00:00Z"}
    answer = await unfit.begin()
    assert refusal(answer) == (422, "invalid_value")
    told = [(one["field"], one["code"]) for one in answer.json()["errors"]]
    assert told == [
        ("id", "invalid_value"),
        ("taken_at", "time_in_future"),
        ("happened_at", "time_in_future"),
        ("caption", "invalid_value"),
        ("about", "unknown_animal"),
    ]
    assert kept(settings) == []


@pytest.mark.parametrize("length", ["9" * 30, "1" + "0" * 19, "9" * 5000])
async def test_a_photo_larger_than_any_is_told_how_large_one_may_be(
    officer: Person, settings: Settings, length: str
) -> None:
    metadata = f"incident_id {_encoded(await officer.opened())},photo_id {_encoded(str(uuid4()))}"
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": length, "Upload-Metadata": metadata}
    answer = await officer.request("POST", "/uploads", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert str(settings.photo_limit_bytes) in answer.json()["detail"]


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
