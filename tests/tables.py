"""The tables that there are: what the tests over all of them start from."""

import re
from pathlib import Path

import db
import db.migrations

_TABLES: dict[str, str] = dict(
    re.findall(
        r"^create table (\w+) \((.*?)^\)",
        (Path(db.__file__).parent / "schema.sql").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
)
OF_INCIDENTS = {
    name
    for name, columns in _TABLES.items()
    if re.search(r"^\s+incident_id uuid not null", columns, re.M)
}
"""Those whose rows belong to an incident, each."""
OF_ALL = set(_TABLES) - OF_INCIDENTS

FROM_THE_BYTES = [
    "renditions",
    "renditions_reason",
    "renditions_attempts",
    "renditions_after",
    "incomplete",
    "difference_hash",
]
"""The columns of `photo` that follow from no timeline: decoding found them out."""
