"""`wildlife verify BUNDLE`: whether incidents as evidence are whole, without a database."""

from collections.abc import Iterable
from pathlib import Path

import click

from wildlife.commands.reporting import Report
from wildlife.evidence.verify import DoesNotFit, Verified, verify
from wildlife.ledger.notes import UnfitNote, read_verifier_key
from wildlife.words.speaking import said


class VerifierKey(click.ParamType[str]):
    """By which what a service signed is known."""

    name = "vkey"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The key. Fails where it is none."""
        try:
            read_verifier_key(value)
        except UnfitNote:
            told = said(
                f"{value!r} is no verifier key, as `wildlife checkpoint key` says it.",
                f"“{value}”不是 `wildlife checkpoint key` 所给出的验证公钥。",
            )
            self.fail(told, param, ctx)
        return value


def verify_bundles(paths: Iterable[Path], vkey: str | None, report: Report) -> bool:
    """Tell of each what it holds, or the first thing that does not fit; whether all are whole.
    Without a key each is held against its own. Raises OSError where one can't be read."""
    is_well = True
    for path in paths:
        try:
            with path.open("rb") as file:
                found = verify(file, vkey)
        except DoesNotFit as flaw:
            is_well = False
            report.find(path, "fault", said(f"{path}: {flaw}", f"{path}：{flaw.zh}"))
        else:
            report.find(path, "ok", _sum_of(path, found), is_result=True)
    if vkey is None:
        told = said(
            "Who made them is not proved: the key was their own. Name that of the service: --key",
            "所用公钥取自证据包本身，不能证明由谁出具。请用 --key 指明出具单位的验证公钥",
        )
        report.find("key", "warning", told)
    report.end()
    return is_well


def _sum_of(path: Path, found: Verified) -> str:
    return said(
        f"{path}: incident {found.incident_id}, {found.entries} entries, {found.photos} photos"
        f" ({found.without_original} without an original), in the ledger of {found.size} entries"
        f" with the root {found.root}",
        f"{path}：警情 {found.incident_id}，{found.entries} 条记录，{found.photos} 张照片（其中"
        f" {found.without_original} 张缺原件），所属总账共 {found.size} 条，散列树的根为"
        f" {found.root}",
    )
