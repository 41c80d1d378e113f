"""The commands for subscriptions: whether all are told what is new, and how those go on that are
not."""

from uuid import UUID

import click

from db.database import Database
from wildlife.commands.arguments import Id
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option, say, say_json, say_table
from wildlife.settings import Settings
from wildlife.subscriptions.operating_queries import (
    OwnedSubscription,
    list_all_subscriptions,
    restart_all_restored,
    restart_any,
)
from wildlife.words.speaking import said


@click.group()
def subscription() -> None:
    """Subscriptions: who is told what is new as it comes, by webhooks and by mail."""


@subscription.command("list")
@json_option
def subscription_list(as_json: bool) -> None:
    """List all subscriptions: id, badge of its owner, name, destination, how it stands, how many
    entries were delivered, since when it fails or when it ended, why, and what was answered."""

    async def read(database: Database, _: Settings) -> list[OwnedSubscription]:
        async with database.writing() as connection:
            return await list_all_subscriptions(connection)

    held = with_database(read)
    if as_json:
        say_json(held)
        return
    say_table(
        [
            said("id", "编号"),
            said("badge", "警号"),
            said("name", "名称"),
            said("destination", "送达地址"),
            said("state", "状态"),
            said("delivered", "已送达"),
            said("since", "自"),
            said("why", "原因"),
            said("answered", "对方答复"),
        ],
        [
            [
                str(one.subscription_id),
                one.badge,
                one.name,
                one.destination,
                said(one.state.en, one.state.zh),
                str(one.delivered),
                f"{at:%Y-%m-%d %H:%M}" if (at := one.ended_at or one.failing_since) else "",
                said(one.failure.en, one.failure.zh) if one.failure else "",
                "" if one.status is None else str(one.status),
            ]
            for one in held
        ],
    )


@subscription.command("restart")
@click.argument(
    "subscription_ids",
    nargs=-1,
    type=Id("订阅编号", "subscription list"),
    metavar="SUBSCRIPTION_ID…",
)
@click.option("--restored", is_flag=True, help="All that a restore of a backup has ended.")
def subscription_restart(subscription_ids: tuple[UUID, ...], restored: bool) -> None:
    """Let subscriptions that failed or ended go on at once, where they stopped.

    \b
    wildlife subscription restart 01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f
    wildlife subscription restart --restored
    """
    if restored == bool(subscription_ids):
        raise click.UsageError(
            said(
                "Name those that are to go on, or say --restored.",
                "请写明要重新开始的订阅编号，或使用 --restored。",
            )
        )

    async def restart(database: Database, _: Settings) -> int:
        async with database.writing() as connection:
            if restored:
                return await restart_all_restored(connection)
            return await restart_any(connection, [*{*subscription_ids}])

    count = with_database(restart)
    if not restored and not count:
        raise click.ClickException(
            said(
                "There is no such subscription; see `wildlife subscription list`.",
                "没有这样的订阅，见 `wildlife subscription list`。",
            )
        )
    say(said(f"{count} subscriptions go on.", f"已重新开始 {count} 个订阅。"))
