"""What is offered to those who watch over the service: alerts that come when they should, a
dashboard, and a table of all that is told; none of them names what is not there."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]
from msgspec.structs import replace

from tests.languages import HAN
from tests.users import Person
from wildlife.settings import Settings

ROOT: Final = Path(__file__).parents[2]
ALERTS: Final = ROOT / "deploy" / "alerts.yml"
DASHBOARD: Final = ROOT / "deploy" / "dashboard.json"

A: Final = 'instance="a"'
REFUSED: Final = f"wildlife_refusals_total{{{A},"
BUCKET: Final = f"wildlife_request_seconds_bucket{{{A},route="
POOL: Final = f'wildlife_database_connections_{{}}{{{{{A},pool="write"}}}}'
SIGN_IN: Final = 'method="POST",route="/api/v1/session",code="wrong_credentials"}'

# Of each alert: the series with which it comes, after how long, and those with which it does not.
CASES: Final[dict[str, tuple[dict[str, str], str, dict[str, str]]]] = {
    "WildlifeDown": (
        {f'up{{job="wildlife",{A}}}': "0x200"},
        "5m",
        {f'up{{job="wildlife",{A}}}': "1x200", f'up{{job="another",{A}}}': "0x200"},
    ),
    "WildlifeDatabaseDown": (
        {f"wildlife_database_up{{{A}}}": "0x200"},
        "5m",
        {f"wildlife_database_up{{{A}}}": "1x200"},
    ),
    "WildlifeNotReady": (
        {f"wildlife_ready{{{A}}}": "0x200"},
        "5m",
        {f"wildlife_ready{{{A}}}": "1x200"},
    ),
    "WildlifeReplicaNotUsed": (
        {f"wildlife_replica_used{{{A}}}": "0x200"},
        "15m",
        {f"wildlife_replica_used{{{A}}}": "1x200"},
    ),
    "WildlifeSubscriptionsFailing": (
        {f"wildlife_subscriptions_failing{{{A}}}": "2x200"},
        "90m",
        {f"wildlife_subscriptions_failing{{{A}}}": "0x200"},
    ),
    "WildlifeErrors": (
        {f'{REFUSED}code="internal_error"}}': "_x20 1x200"},
        "25m",
        {
            f'{REFUSED}code="internal_error"}}': "3x200",
            f'{REFUSED}code="missing_field"}}': "0+1x200",
        },
    ),
    "WildlifeSlow": (
        {
            f'{BUCKET}"/x",le="1"}}': "0x200",
            f'{BUCKET}"/x",le="10"}}': "0+60x200",
            f'{BUCKET}"/x",le="+Inf"}}': "0+60x200",
        },
        "30m",
        {
            f'{BUCKET}"/x",le="1"}}': "0+60x200",
            f'{BUCKET}"/x",le="+Inf"}}': "0+60x200",
            f'{BUCKET}"/api/v1/uploads",le="1"}}': "0x200",
            f'{BUCKET}"/api/v1/uploads",le="+Inf"}}': "0+600x200",
        },
    ),
    "WildlifeConnectionsShort": (
        {
            POOL.format("waiting"): "3x200",
            POOL.format("in_use"): "8x200",
            POOL.format("limit"): "8x200",
        },
        "10m",
        {
            POOL.format("waiting"): "0x200",
            POOL.format("in_use"): "8x200",
            POOL.format("limit"): "8x200",
        },
    ),
    "WildlifeLogLinesLost": (
        {f"wildlife_log_lines_lost_total{{{A}}}": "0+1x200"},
        "20m",
        {f"wildlife_log_lines_lost_total{{{A}}}": "7x200"},
    ),
    "WildlifeSignInsFail": (
        {f"{REFUSED}{SIGN_IN}": "0+10x200"},
        "20m",
        {f"{REFUSED}{SIGN_IN}": "0+1x200"},
    ),
    "WildlifeTooManyRequests": (
        {f'{REFUSED}code="too_many_requests"}}': "0+10x200"},
        "20m",
        {f'{REFUSED}code="too_many_requests"}}': "0+1x200"},
    ),
    "WildlifeRenditionsLate": (
        {f"wildlife_renditions_oldest_waiting_seconds{{{A}}}": "7200x200"},
        "15m",
        {f"wildlife_renditions_oldest_waiting_seconds{{{A}}}": "60x200"},
    ),
    "WildlifeUploadsStuck": (
        {f"wildlife_uploads_oldest_open_seconds{{{A}}}": "200000x200"},
        "90m",
        {f"wildlife_uploads_oldest_open_seconds{{{A}}}": "3600x200"},
    ),
    "WildlifeDiskFull": (
        {f"wildlife_disk_free_bytes{{{A}}}": "1000000000x200"},
        "10m",
        {f"wildlife_disk_free_bytes{{{A}}}": "100000000000x200"},
    ),
    "WildlifeFlawsFound": (
        {f"wildlife_last_verify_flaws{{{A}}}": "2x200"},
        "5m",
        {f"wildlife_last_verify_flaws{{{A}}}": "0x200"},
    ),
    "WildlifeNotVerified": (
        {f"wildlife_last_verify_timestamp_seconds{{{A}}}": "-700000x200"},
        "90m",
        {f"wildlife_last_verify_timestamp_seconds{{{A}}}": "0x200"},
    ),
    "WildlifeNotBackedUp": (
        {},
        "90m",
        {f"wildlife_last_backup_timestamp_seconds{{{A}}}": "0x200"},
    ),
}


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a replica, which the primary itself is not: all the same something is told of it."""
    return replace(settings, read_database_url=settings.database_url)


async def everything_told(officer: Person, settings: Settings) -> str:
    """The answer of a service of which nothing is left untold."""
    settings.verified_mark.write_text("0\n")
    settings.backup_mark.touch()
    await officer.get("/incidents?nothing=of+the+kind")
    return (await officer.client.get("/metrics")).text


def named_in(expression: str) -> set[str]:
    return set(re.findall(r"\bwildlife_\w+|\bup\b", expression))


async def test_every_metric_that_an_alert_or_the_dashboard_names_is_told(
    officer: Person, settings: Settings
) -> None:
    text = await everything_told(officer, settings)
    told = set(re.findall(r"^(wildlife_\w+)", text, re.MULTILINE)) | {"up"}
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    for expression in [*shown, *(rule["expr"] for rule in rules())]:
        assert named_in(expression)
        assert named_in(expression) <= told, expression
    families = set(re.findall(r"^# HELP (wildlife_\w+)", text, re.MULTILINE))
    of_families = {name.removesuffix("_bucket") for name in named_in(" ".join(shown))}
    assert of_families <= families
    # What nobody is shown need not be measured.
    assert families == of_families


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
async def test_the_table_of_the_readme_has_every_metric_and_no_other(
    officer: Person, settings: Settings, readme: str
) -> None:
    text = await everything_told(officer, settings)
    families = set(re.findall(r"^# HELP (wildlife_\w+)", text, re.MULTILINE))
    rows = re.findall(r"^\| `(wildlife_\w+)` \|", (ROOT / readme).read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(families)


def test_every_alert_says_what_it_is_and_what_to_do_in_both_languages() -> None:
    assert [rule["alert"] for rule in rules()] == list(CASES)
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        said = rule["annotations"]
        assert set(said) == {"summary", "summary_zh", "description", "description_zh"}
        for name, sentence in said.items():
            assert sentence.endswith("。" if name.endswith("_zh") else "."), sentence
            assert bool(HAN.search(sentence)) == name.endswith("_zh"), sentence


def test_the_dashboard_is_one_that_grafana_reads() -> None:
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    assert {"uid", "title", "schemaVersion", "templating", "time"} <= set(dashboard)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert at["x"] + at["w"] <= 24
        places = {(x, at["y"]) for x in range(at["x"], at["x"] + at["w"])}
        assert not taken & places
        taken |= places
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def promtool(*arguments: str, folder: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not there (Debian: apt-get install prometheus)")
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_takes_the_alerts_and_each_comes_when_it_should(tmp_path: Path) -> None:
    def case(alert: str, series: dict[str, str], at: str, firing: int) -> dict[str, Any]:
        expected = [{"labels": "{}", "value": firing}] if firing else []
        expression = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
        return {
            "interval": "1m",
            "input_series": [{"series": name, "values": it} for name, it in series.items()],
            "promql_expr_test": [{"expr": expression, "eval_time": at, "exp_samples": expected}],
        }

    tests = [
        case(alert, series, at, firing)
        for alert, (ill, at, well) in CASES.items()
        for series, firing in ((ill, 1), (well, 0))
    ]
    shutil.copy(ALERTS, tmp_path)
    document = {"rule_files": [ALERTS.name], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "tests.yml").write_text(json.dumps(document), "utf-8")  # JSON is YAML
    promtool("check", "rules", ALERTS.name, folder=tmp_path)
    promtool("test", "rules", "tests.yml", folder=tmp_path)
