"""Photos of more pixels than are decoded at once: kept as any other, and shown if it can be."""

import io
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from PIL import Image

from media.images import inspect
from media.renditions import render
from tests.photos.renditions import settled
from tests.pictures import encoded, png
from tests.tus import PART, creation
from tests.users import Person

# What phones write, in pixels. Grey, since it is the size that is tested.
OF_PHONES = {"108 MP": (12_000, 9_000), "200 MP": (16_320, 12_240)}


class Large(NamedTuple):
    """A photo and its size in pixels."""

    size: tuple[int, int]
    content: bytes


@pytest.fixture(scope="module", params=list(OF_PHONES.values()), ids=list(OF_PHONES))
def jpeg(request: pytest.FixtureRequest) -> Large:
    return Large(request.param, encoded(Image.new("L", request.param, 90)))


@pytest.mark.parametrize("resumably", [False, True], ids=["PUT", "tus"])
async def test_a_jpeg_of_a_phone_is_kept_and_shown_however_large(
    officer: Person, jpeg: Large, resumably: bool
) -> None:
    incident, photo = await officer.opened(), uuid4()
    if resumably:
        about = {"incident_id": incident, "photo_id": str(photo), "filename": "1.jpg"}
        headers = PART | creation(len(jpeg.content), **about)
        answer = await officer.request("POST", "/uploads", content=jpeg.content, headers=headers)
    else:
        answer = await officer.put_photo(incident, jpeg.content, photo)
    assert answer.status_code == 201, answer.text
    [shown] = await settled(officer, incident)
    assert (shown["width"], shown["height"]) == jpeg.size
    assert (shown["renditions"], shown["renditions_reason"]) == ("made", None)
    rendition = await officer.get(f"/incidents/{incident}/photos/{photo}/screen")
    with Image.open(io.BytesIO(rendition.content)) as image:
        assert image.size == (1600, 1200)


async def test_what_must_be_decoded_whole_is_kept_and_says_why_it_is_not_shown(
    officer: Person,
) -> None:
    incident, photo = await officer.opened(), uuid4()
    content = png(12_000, 9_000, 8, 2, b"")
    assert (await officer.put_photo(incident, content, photo)).status_code == 201
    [shown] = await settled(officer, incident)
    assert (shown["width"], shown["height"]) == (12_000, 9_000)
    assert (shown["renditions"], shown["renditions_reason"]) == ("abandoned", "too_many_pixels")
    path = f"/incidents/{incident}/photos/{photo}"
    answer = await officer.get(f"{path}/thumbnail")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_rendition")
    sentence = "The picture has more pixels than are decoded at once."
    assert answer.json()["detail"].startswith(sentence)
    assert (await officer.get(f"{path}/original")).content == content
    vocabulary = (await officer.read("/vocabularies"))["renditions_reason"]
    assert any(code["code"] == "too_many_pixels" for code in vocabulary)


def test_a_large_progressive_jpeg_is_shown_too(tmp_path: Path) -> None:
    file = tmp_path / "photo"
    file.write_bytes(encoded(Image.new("L", (11_000, 10_000), 90), progressive=True))
    assert inspect(file)[1:3] == (11_000, 10_000)
    assert not render(file, 100_000_000).is_incomplete
