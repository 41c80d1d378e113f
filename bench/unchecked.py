"""The service without its checks of access, or without putting on record who reads what, as nobody
may run it: `python -m bench.unchecked`.

BENCH_WITHOUT says what is left out: `log`, the access log; `access`, who may do what and sees what;
or `identity`, and whose token it is as well, BENCH_ACTOR being the badge of who is taken for
everybody.
"""

import os
from typing import Any

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from wildlife.people import guard, may, scope
from wildlife.people.accounts import Actor
from wildlife.people.holders import Holders

_everybody: list[Actor] = []


async def _take_for_granted(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    if handler.opt.get("public"):
        return
    if not _everybody:
        from wildlife.people.account_queries import find_account, find_actor

        async with connection.app.state.service.database.identifying() as one:
            account = await find_account(one, os.environ["BENCH_ACTOR"])
            assert account is not None
            actor = await find_actor(one, account.account_id)
            assert actor is not None
            _everybody.append(actor.doing(may.Verb.READ))
    connection.scope["user"] = _everybody[0]


async def _as_before(_: Holders, actor: Actor) -> Actor:
    return actor


async def _record_nothing(response: Response[Any]) -> Response[Any]:
    return response


def main() -> None:
    """Serve."""
    # Before any statement is made of it; workers are forked from here.
    without = os.environ["BENCH_WITHOUT"]
    if without == "log":
        from wildlife.accesses import recording

        recording.record_reading = _record_nothing
    else:
        scope.VISIBLE = "t.view = 'whole'"  # type: ignore[misc]
        scope.scope_arguments = lambda actor: {}
        Actor.require = lambda *_: None  # type: ignore[method-assign]
    if without == "identity":
        guard.authenticate = _take_for_granted
        Holders.still = _as_before  # type: ignore[assignment]
    from wildlife.commands.main import main as wildlife

    wildlife(["serve"])


if __name__ == "__main__":
    main()
