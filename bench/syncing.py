"""A hundred items in one request beside a hundred requests: `python -m bench.syncing`.

A phone comes back with twenty rescues, each an opening and four entries, and sends them on one
kept-alive connection: each by itself, and all in one `POST /sync`, in turns. It takes less than a
minute. No network lies between: each hundred milliseconds of one bar would be paid a hundred times
by the one and once by the other.
"""

import http.client
import json
import statistics
import sys
import time
from typing import Any, Final

import uvloop

from bench.disk import on_disk
from bench.report import aim
from bench.rounds import new_id
from bench.service import running_service, sign_in
from bench.stage import OFFICERS, OPENING_AFTER_ID, OPENING_BEFORE_ID, entry, put_officers
from wildlife.settings import Settings

INCIDENTS: Final = 20
TURNS: Final = 30
AIM: Final = 5.0


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    with running_service(settings) as service:
        uvloop.run(put_officers(settings))
        phone = _Phone(service.port, sign_in(service, OFFICERS[0].badge))
        apart, together = list[float](), list[float]()
        for turn in range(TURNS):
            for times, send in ((apart, phone.each_by_itself), (together, phone.all_at_once)):
                outbox = [*_outbox()]
                started = time.perf_counter()
                send(outbox)
                if turn >= TURNS // 10:
                    times.append(time.perf_counter() - started)
    items = INCIDENTS * 5
    each_ms, all_ms = (statistics.median(one) * 1000 for one in (apart, together))
    print(f"| {items} items | ms | an item, ms |")
    print("|---|---:|---:|")
    print(f"| each by itself | {each_ms:.0f} | {each_ms / items:.2f} |")
    print(f"| all at once | {all_ms:.0f} | {all_ms / items:.2f} |")
    print()
    print(aim("all at once beside each by itself", each_ms / all_ms, AIM, unit=" x"))


def _outbox() -> Any:
    for _ in range(INCIDENTS):
        incident_id = str(new_id())
        opening = json.loads(OPENING_BEFORE_ID + incident_id.encode() + OPENING_AFTER_ID)
        yield {"opening": opening}
        for body in (
            entry(
                "identification",
                "2025-01-01T10:00:00+08:00",
                animal=1,
                species_id="phalacrocorax_carbo",
                identified_by="旗林草局野生动物专家",
                confidence="certain",
            ),
            entry("note", "2025-01-02T10:00:00+08:00", note="再次查看，精神尚可，已进食少量鱼"),
            entry("note", "2025-01-03T10:00:00+08:00", note="羽毛已干"),
            entry(
                "release",
                "2025-01-04T10:00:00+08:00",
                animal=1,
                site={"description": "响水水库", "region_code": "150425"},
                method="hard",
                officers=[OFFICERS[0].badge],
            ),
        ):
            yield {"incident_id": incident_id, "entry": body}


class _Phone:
    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def each_by_itself(self, outbox: list[dict[str, Any]]) -> None:
        for item in outbox:
            if "opening" in item:
                self._post("/incidents", item["opening"], http.HTTPStatus.CREATED)
            else:
                path = f"/incidents/{item['incident_id']}/entries"
                self._post(path, item["entry"], http.HTTPStatus.CREATED)

    def all_at_once(self, outbox: list[dict[str, Any]]) -> None:
        answer = self._post("/sync", {"items": outbox}, http.HTTPStatus.OK)
        if any(one["outcome"] != "created" for one in answer["items"]):
            sys.exit(f"refused: {answer}")

    def _post(self, path: str, body: Any, status: int) -> Any:
        content = json.dumps(body).encode()
        self._connection.request("POST", f"/api/v1{path}", content, self._headers)
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status != status:
            sys.exit(f"{path} answered {told.decode()}")
        return json.loads(told)


if __name__ == "__main__":
    main()
