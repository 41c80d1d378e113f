"""The commands for devices, the phones of a unit."""

from uuid import UUID, uuid4

import click

from db.database import Database
from wildlife.commands.arguments import Id, station_option
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option, say, say_json, say_table
from wildlife.people import device_queries
from wildlife.people.devices import Device, code_hash, new_code
from wildlife.people.events import COMMAND_LINE
from wildlife.people.may import Scope
from wildlife.people.refusals import NoStation
from wildlife.people.station_queries import find_station
from wildlife.settings import Settings
from wildlife.web.decoding import require_value
from wildlife.web.qr_codes import as_text
from wildlife.words.speaking import said
from wildlife.words.values import Name


@click.group()
def device() -> None:
    """Devices: the phones of the units, on which sessions last."""


@device.command("add")
@click.argument("name")
@station_option("Code of the unit it belongs to.", required=True)
def device_add(name: str, station_code: str) -> None:
    """Add a phone to a unit, and show the code by which one phone becomes it, for a day.

    Shows the code as text and as a QR code. Nobody is told it again: for another, cut the device
    off and add it anew.

    \b
    wildlife device add 一号机 --station 150425
    """
    device_id, code = uuid4(), new_code()

    async def add(database: Database, settings: Settings) -> str:
        require_value(name, Name)
        async with database.transaction() as connection:
            station = await find_station(connection, station_code)
            if station is None:
                raise NoStation(station_code, "station")
            _, expires_at = await device_queries.add_device(
                connection,
                COMMAND_LINE,
                device_id=device_id,
                name=name,
                station=station,
                code_hash=code_hash(code),
            )
        return f"{expires_at.astimezone(settings.zone):%Y-%m-%d %H:%M}"

    until = with_database(add)
    say(said(f"device {device_id} {name}", f"设备 {device_id} {name}"))
    say(said(f"code {code}, until {until}", f"登记码 {code}，有效期至 {until}"))
    say(as_text(code))


@device.command("list")
@json_option
def device_list(as_json: bool) -> None:
    """List all devices: id, name, unit, when somebody first signed in on it, when it was used last,
    who is signed in on it, and when it was cut off."""

    async def read(database: Database, _: Settings) -> list[Device]:
        async with database.reading() as connection:
            return await device_queries.list_all_devices(connection)

    devices = with_database(read)
    if as_json:
        say_json(devices)
        return
    say_table(
        [
            said("id", "编号"),
            said("name", "名称"),
            said("station", "单位"),
            said("enrolled", "登记完成"),
            said("last used", "最近使用"),
            said("signed in", "已登录"),
            said("cut off", "停用"),
        ],
        [
            [
                str(one.device_id),
                one.name,
                one.station,
                *(
                    f"{time:%Y-%m-%d %H:%M}" if time else ""
                    for time in (one.enrolled_at, one.last_used_at)
                ),
                ",".join(person.badge for person in one.signed_in),
                f"{one.cut_off_at:%Y-%m-%d %H:%M}" if one.cut_off_at else "",
            ]
            for one in devices
        ],
    )


@device.command("cut-off")
@click.argument("device_id", type=Id("设备编号", "device list"))
def device_cut_off(device_id: UUID) -> None:
    """Cut off a phone that is lost, for good: all sessions on the device DEVICE_ID end, within a
    second, and nobody signs in on it any more.

    \b
    wildlife device cut-off 01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f
    """

    async def end(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            everything = Scope(everything=True)
            await device_queries.cut_off(connection, COMMAND_LINE, everything, device_id)

    with_database(end)
    say(
        said(
            f"{device_id} is cut off, and all sessions on it have ended.",
            f"设备 {device_id} 已停用，其上的登录全部失效。",
        )
    )
