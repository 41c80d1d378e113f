"""放归记录: one for each release. Pure."""

from collections.abc import Iterator

from wildlife.papers.animals import heads, marks, protection, rescue_of
from wildlife.papers.record import Record
from wildlife.papers.shared import remarks, responsible_at, signing
from wildlife.papers.sheet import THIRD, Field, Part, Sheet, grid
from wildlife.papers.writing import (
    code,
    field,
    moment,
    officers,
    place,
    text,
    texts,
    ticks,
    wide,
    yes_or_no,
)
from wildlife.rescues.animal import AnimalState, ReleaseRecord
from wildlife.rescues.codes import Confidence, Quarantine, ReleaseMethod
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.entry import Label


def release_records(record: Record) -> Iterator[Sheet]:
    """Of every release, in their order."""
    rescue = rescue_of(record)
    for animal in rescue.animals if rescue is not None else ():
        for release in animal.releases:
            assert rescue is not None
            unit = release.unit or responsible_at(rescue, release.released_at)
            yield Sheet(release.entry_id, unit, [*_parts(record, rescue, animal, release)])


def _parts(
    record: Record, rescue: RescueIncident, animal: AnimalState, release: ReleaseRecord
) -> Iterator[Part]:
    yield from remarks(record)
    yield grid(Label("动物", "Animal"), *_animal(record, rescue, animal, release))
    yield grid(Label("放归前评估", "Assessment"), *_judged(record, release))
    yield grid(Label("放归", "Release"), *_release(record, release))
    yield signing(
        ("放归人员签名", "Released by"),
        ("放归人员签名", "Released by"),
        ("见证人签名", "Witness"),
        seal=Label("放归单位盖章处", "Seal of the unit"),
    )


def _animal(
    record: Record, rescue: RescueIncident, animal: AnimalState, release: ReleaseRecord
) -> Iterator[Field]:
    species = release.species
    sure = species.confidence if species else None
    yield field("种名", "Species", text(release.chinese_name))
    yield field("学名", "Scientific name", text(release.scientific_name))
    yield field("保护级别", "Protection", protection(species))
    yield field("鉴定人", "Identified by", text(species.identified_by if species else None))
    yield wide("鉴定可靠程度", "How sure", ticks(Confidence, sure))
    yield field("动物序号", "Animal", text(f"{animal.number} 号"), THIRD)
    yield field("性别", "Sex", code(release.sex), THIRD)
    yield field("年龄", "Life stage", code(release.life_stage), THIRD)
    yield field("发现时间", "Found at", moment(rescue.found_at, record.zone))
    yield field("救护原因", "Cause", code(animal.cause))
    yield wide("发现地点", "Found where", place(rescue.place))
    yield field("环志号", "Ring", text(release.ring_number))
    yield field("标识", "Marks", marks(release.marks))


def _judged(record: Record, release: ReleaseRecord) -> Iterator[Field]:
    found = release.quarantine or release.inspected
    yield field("健康状况", "Condition", code(release.condition), THIRD)
    yield field("适宜放归", "Fit", yes_or_no(release.fit_to_release), THIRD)
    yield field("评估人", "Judged by", text(release.judged_fit_by), THIRD)
    yield wide("检疫结果", "Quarantine", ticks(Quarantine, found))
    yield field("检疫证号", "Certificate", text(release.quarantine_certificate))
    yield field("隔离至", "Isolated until", moment(release.isolated_until, record.zone))
    yield wide("主管部门意见", "Authority", text(release.consent), lines=2)


def _release(record: Record, release: ReleaseRecord) -> Iterator[Field]:
    yield field("放归时间", "Released at", moment(release.released_at, record.zone))
    yield field("放归数量", "Released", heads(release.count))
    yield wide("放归方式", "Method", ticks(ReleaseMethod, release.method))
    yield wide("放归地点", "Site", place(release.site), lines=2)
    yield field("生境", "Habitat", text(release.habitat))
    yield field("天气", "Weather", text(release.weather))
    yield field("当地有分布", "Native there", yes_or_no(release.native_there))
    yield field("见证人", "Witness", text(release.witness))
    yield wide("选址理由", "Why there", text(release.reason_there))
    yield wide("放归人员", "Officers", officers(release.officers, release.officers_named))
    if release.unit is not None or release.persons:
        yield field("放归单位", "Unit", text(release.unit))
        yield field("单位人员", "Persons", texts(release.persons))
    yield wide("后续监测", "Monitoring", text(release.monitoring))
    if release.returned or release.died:
        after = [f"收回 {release.returned} 只"] if release.returned else []
        after += [f"发现死亡 {release.died} 只"] if release.died else []
        yield wide("放归后情况", "Afterwards", texts(after))
    yield wide("备注", "Note", text(release.note))
