"""A clock that jumps."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

import asyncpg

NOW: Any = datetime.now


class Clock:
    """`ahead`: by how much it is, of what it really is."""

    def __init__(self, connection: "asyncpg.Connection[Any]") -> None:
        self.ahead = timedelta()
        self._connection = connection

    async def jump(self, ahead: timedelta) -> None:
        self.ahead = ahead
        await self._connection.execute("update clock.ahead set by = $1", ahead)

    def now(self, zone: tzinfo | None = None) -> datetime:
        moment: datetime = NOW(zone) + self.ahead
        return moment

    @property
    def as_datetime(self) -> type:
        """What is called `datetime` where this clock is asked."""

        class Kind(type):
            def __instancecheck__(cls, instance: object) -> bool:
                return isinstance(instance, datetime)

            def __call__(cls, *args: Any, **kwargs: Any) -> datetime:
                return datetime(*args, **kwargs)  # noqa: DTZ001 - as it is called

            def __getattr__(cls, name: str) -> Any:
                return getattr(datetime, name)

        return Kind("datetime", (), {"now": staticmethod(self.now)})
