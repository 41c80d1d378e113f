"""Files of species lists, and what may stand in their cells."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

from tests.species.asking import LISTS
from wildlife.species.announced import ProtectionList
from wildlife.species.importing import SpeciesFile, read_species

HEADER = ["scientific_name", "chinese_name", "protection", "list", "valid_from", "valid_to"]
CORMORANT = ["Phalacrocorax carbo", "普通鸬鹚", "sanyou", "SANYOU-2023-17", "", ""]

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
TELLING = st.sampled_from(
    [
        *(cell for cell in CORMORANT if cell),
        *("Canis lupus", "狼", "二级", "NKPWA-2021-3", "SANYOU-2000-7", "unlisted", ""),
        *("2000-01-01", "2021-02-05", "9999-12-31", "true", "否", "a|b", "Cuora spp.", "鹰" * 300),
        *("fisheries", "仅限野外种群", "15|2102", "150000"),
    ]
)


def written(file: Path, rows: Iterable[Iterable[str]], encoding: str = "utf-8") -> Path:
    """A CSV file of these rows."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def read_rows(
    folder: Path,
    *rows: list[str],
    header: list[str] = HEADER,
    lists: dict[str, ProtectionList] = LISTS,
) -> SpeciesFile:
    """What a CSV file with these rows below its header says."""
    return read_species(written(folder / "list.csv", [header, *rows]), lists)
