"""The service without its checks of access, as nobody may run it: `python -m bench.unchecked`.

BENCH_WITHOUT says what is left out: `access`, who may do what and sees what; or `identity`, and
whose token it is as well, BENCH_ACTOR being the badge of who is taken for everybody.
"""

import os
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from wildlife.people import guard, may, scope
from wildlife.people.accounts import Actor

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


def main() -> None:
    """Serve."""
    # Before any statement is made of it; workers are forked from here.
    scope.VISIBLE = "t.view = 'whole'"  # type: ignore[misc]
    scope.scope_arguments = lambda actor: {}
    Actor.require = lambda *_: None  # type: ignore[method-assign]
    if os.environ["BENCH_WITHOUT"] == "identity":
        guard.authenticate = _take_for_granted
    from wildlife.commands.main import main as wildlife

    wildlife(["serve"])


if __name__ == "__main__":
    main()
