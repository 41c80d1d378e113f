"""Which addresses names have, looked up so that a server of names that hangs holds up nobody but
who subscribed to such a name: in threads of its own, of which one account has few."""

import asyncio
import socket
from collections import Counter
from ipaddress import ip_address
from threading import Thread
from typing import Final
from uuid import UUID

from wildlife.subscriptions.codes import DeliveryFailure
from wildlife.subscriptions.destinations import IP, DeliveryFailed, Target

_MOST: Final = 64
_MOST_OF_ONE: Final = 4


class Resolver:
    """One a process."""

    def __init__(self) -> None:
        self._asking = Counter[UUID]()

    async def addresses(self, account_id: UUID, target: Target) -> list[IP]:
        """Those that its host has now, at least one. Raises DeliveryFailed."""
        try:
            return [ip_address(target.host)]
        except ValueError:
            pass
        if self._asking[account_id] >= _MOST_OF_ONE or self._asking.total() >= _MOST:
            raise DeliveryFailed(DeliveryFailure.NO_SUCH_HOST)
        loop = asyncio.get_running_loop()
        answer = loop.create_future()

        def tell(found: list[IP] | Exception) -> None:
            self._asking -= Counter([account_id])
            if answer.done():  # nobody waits any more
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look() -> None:
            found: list[IP] | Exception
            try:
                infos = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
                found = [ip_address(str(info[4][0]).partition("%")[0]) for info in infos]
            except (OSError, ValueError) as error:  # of a name that is none UnicodeError
                found = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(tell, found)

        self._asking[account_id] += 1
        # A daemon: what a server of names keeps waiting keeps no process from its end.
        Thread(target=look, daemon=True, name="resolving").start()
        try:
            found: list[IP] = await answer
        except (OSError, ValueError) as error:
            raise DeliveryFailed(DeliveryFailure.NO_SUCH_HOST) from error
        return found
