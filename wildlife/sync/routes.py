"""What a phone gathered without a network, in one request."""

from typing import Any, Final

from litestar import Request, post
from litestar.params import JSONBody

from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos.bodies import STORING
from wildlife.photos.service import FromPhotoService
from wildlife.sync.items import SyncBatch, SyncResults
from wildlife.sync.syncing import Telling, sync
from wildlife.web.negotiation import prefers_chinese
from wildlife.web.requests import address
from wildlife.web.responses import KNOWN, SENDING_JSON, problems

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of a body as it is read, whether it came compressed or not: 500 items of the largest size that
one by itself may have are more, and nobody has them."""


@post(
    "/sync",
    status_code=200,
    tags=["sync"],
    opt={"verb": (Verb.FILE, Verb.TEND, Verb.DIRECT), "compressed": True},
    request_max_body_size=MOST_BYTES,
    responses=problems(*KNOWN, *SENDING_JSON, *STORING, "not_ready"),
)
async def sync_items(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    data: JSONBody[SyncBatch],
) -> SyncResults:
    """离线内容同步。What a phone gathered without a network: openings, entries, photos that are to
    be sent; up to 500, in any order. Each has its own result, as it would have had by itself, and
    none holds up another.

    Send all of it again where the answer is lost: what is held already is `replayed`. What is
    `refused`, or is `waiting` for something that is not there, is kept for a person to look at
    (`GET /refused`; under an id of the service's own where none can be read of it), and taken when
    it is sent again and can be. Delete nothing of the phone's
    before a receipt says that it is held (`POST /receipts`). A photo that is `expected` goes on at
    `upload` (tus). The body may come compressed (`Content-Encoding`: `gzip`, `zstd`), of 16 MiB as
    it is read.
    """
    chinese = prefers_chinese(request)
    telling = Telling(
        lambda problem: problem.detail(chinese=chinese),
        lambda upload_id: address(request, f"/api/v1/uploads/{upload_id}"),
    )
    return SyncResults(await sync(service, actor, data.items, telling))
