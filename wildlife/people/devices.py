"""Devices: the phones of a unit, and the codes by which a phone becomes one of them."""

import secrets
import unicodedata
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec

from wildlife.words.values import Name, StationCode

CODE_HOLDS: Final = timedelta(hours=24)

# Crockford's Base32: no letter that is taken for a digit; who reads one all the same is understood.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("OIL", "011")
_CODE_LENGTH: Final = 12


class NewDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """新增设备。What adds a device to a unit."""

    id: UUID
    """设备编号。UUID of the device, newly made by whoever sends this."""
    name: Name
    """设备名称。What the device is called at its unit."""
    station: StationCode | None = None
    """所属单位代码。The code of the unit; left out by a chief: the own one."""


class AddedDevice(msgspec.Struct, frozen=True):
    """已登记的设备。A device with its code, which nobody is told again."""

    id: UUID
    """设备编号。UUID of the device, as it was sent."""
    name: str
    """设备名称。What the device is called at its unit."""
    station: str
    """所属单位代码。The code of the unit."""
    code: str
    """设备登记码。By which one phone becomes this device: `POST /devices/enrolment`."""
    code_expires_at: datetime
    """登记码有效期。Until when the code can be used."""
    qr: str
    """登记二维码。The code as a QR code, in SVG."""


class EnrolmentCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """设备启用码。What makes the phone that sends it a device."""

    HOLDS_SECRETS: ClassVar = True

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    """设备登记码。As it was read or typed: small letters, spaces and hyphens do not matter."""


class EnrolledDevice(msgspec.Struct, frozen=True):
    """已启用的设备。Which device a phone is, and by what it is known."""

    device_token: str
    """设备令牌。Goes into `POST /session` beside badge and password; the phone keeps it."""
    device_id: UUID
    """设备编号。UUID of the device."""
    name: str
    """设备名称。What the device is called at its unit."""
    station: str
    """所属单位代码。The code of the unit."""


class SignedIn(msgspec.Struct, frozen=True):
    """已登录人员。Somebody who is signed in on a device."""

    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The account's name."""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """设备。A phone of a unit."""

    device_id: UUID
    """设备编号。UUID of the device."""
    name: str
    """设备名称。What the device is called at its unit."""
    station: str
    """所属单位代码。The code of the unit."""
    added_at: datetime
    """添加时间。When it was added."""
    code_expires_at: datetime | None
    """登记码有效期。Until when a phone can become it; null: one did, or it is cut off."""
    enrolled_at: datetime | None
    """登记完成时间。When somebody first signed in on it; null: nobody did."""
    last_used_at: datetime | None
    """最近使用时间。When a session on it last began or was gone on with."""
    cut_off_at: datetime | None
    """停用时间。When it was cut off; null: it is not."""
    signed_in: list[SignedIn]
    """已登录人员。Who is signed in on it now."""


def new_code() -> str:
    """A code of 60 random bits, in groups that can be read aloud: `7Q4K-9ZTM-2XVB`."""
    signs = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def code_hash(given: str) -> bytes:
    """What the database knows of a code, however it is written."""
    written = unicodedata.normalize("NFKC", given).upper()
    signs = "".join(filter(str.isalnum, written)).translate(_MISREAD)
    return sha256(signs.encode()).digest()
