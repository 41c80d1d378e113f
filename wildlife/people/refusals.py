"""What can't be done to people and their units, and why: said by a command in the language of its
terminal, and in an answer in that of who asked."""

from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said
from wildlife.words.values import UnfitValue


class _Told(Exception):
    """Says why, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(said(en, zh))
        self.sentence = Sentence(en, zh)


class UnfitChange(_Told, ValueError):
    """What the rules of people and units do not let be."""


class UnfitPassword(_Told, ValueError):
    """A password that nobody may set."""


class UnfitRegion(_Told, UnfitValue):
    """What can be the code of no region."""

    def __init__(self, en: str, zh: str, field: str) -> None:
        super().__init__(en, zh)
        self.field = field
        """What names it, as bodies call it."""


class NoAccount(_Told, LookupError):
    """There is no account with this badge."""

    def __init__(self, badge: str) -> None:
        super().__init__(
            f"There is no account {badge}. `wildlife account list` shows those that there are.",
            f"没有账号 {badge}。可用 `wildlife account list` 查看全部账号。",
        )


class NoAppointment(_Told, LookupError):
    """The account is not that."""


class NoStation(_Told, LookupError):
    """There is no station with this code."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(
            f"There is no station {code}; add it first.", f"没有单位 {code}；请先添加。"
        )
        self.code = code
        self.field = field
        """What names it, as bodies call it."""


class NoDevice(_Told, LookupError):
    """There is no device with this id."""

    def __init__(self, device_id: object) -> None:
        super().__init__(
            f"There is no device {device_id}. `wildlife device list` shows those that there are.",
            f"没有设备 {device_id}。可用 `wildlife device list` 查看全部设备。",
        )
