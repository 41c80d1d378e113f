"""Uploads as phones really make them: whatever breaks in whatever order, each photo comes once."""

import msgspec

from tests.photos.phones import Phones, play, served
from wildlife.settings import Settings


def test_whatever_breaks_each_photo_comes_once_and_whole(settings: Settings) -> None:
    with served(msgspec.structs.replace(settings, workers=2)) as server:

        class OnThisServer(Phones):
            pass

        OnThisServer.server = server
        play(OnThisServer, times=8)
