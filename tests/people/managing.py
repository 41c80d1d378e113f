"""What is sent to manage people, and by which calls."""

from typing import Any

from litestar.routes import HTTPRoute

from tests.documented import application
from tests.users import API
from wildlife.people.may import Verb

PASSWORD = "水库 纸箱 秋天 铅笔"


def new(badge: str = "150425009", **changes: Any) -> dict[str, Any]:
    """What adds an officer of 大局子森林派出所."""
    told = {"badge": badge, "name": "张三", "role": "officer", "password": PASSWORD}
    return told | {"station": "150425"} | changes


UNIT = {"code": "15042501", "name": "响水警务室", "kind": "police_station", "region_code": "150425"}


def managing() -> set[str]:
    """Every route by which people are managed."""
    return {
        f"{method} {route.path_format.removeprefix(API)}"
        for route in application().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.opt.get("verb") is Verb.MANAGE_PEOPLE
        for method in set(handler.http_methods) - {"OPTIONS"}
    }
