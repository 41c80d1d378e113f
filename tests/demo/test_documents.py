"""The documents hold: what they name exists, and the tour that they print runs as they say."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml  # type: ignore[import-untyped]

from wildlife import __version__
from wildlife.app import create_app
from wildlife.photos.upload import MOST_UNFINISHED
from wildlife.secret_files import FILE
from wildlife.settings import PREFIX, SECRET, Settings
from wildlife.timeline.growing import MOST_ENTRIES
from wildlife.timeline.refused_queries import MOST_BODIES
from wildlife.web.bodies import BODIES_PER_ACCOUNT
from wildlife.words.values import EARLIEST, LATEST

ROOT = Path(__file__).parents[2]
ENGLISH = ROOT / "README.md"
CHINESE = ROOT / "README.zh.md"
READMES = [pytest.param(ENGLISH, id="English"), pytest.param(CHINESE, id="Chinese")]
TOUR = "## A tour in five minutes"
DEFAULTS = {PREFIX + f.name.upper(): f.default for f in msgspec.structs.fields(Settings)}
OPERATIONAL = {"/healthz", "/readyz", "/metrics"}  # not below /api/v1


def read(path: Path) -> str:
    return path.read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def code(text: str) -> str:
    """All that stands as code: the shell blocks, and what is between backquotes in the prose."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks(text, "sh"), *re.findall(r"`([^`]+)`", prose)])


def tour() -> str:
    after = read(ENGLISH).partition(TOUR)[2]
    return after.partition("\n## ")[0]


def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(read(ROOT / "docker-compose.yml"))
    return parsed


def documents(text: str) -> list[Any]:
    """The JSON documents that a text consists of, one after the other; other lines are left out."""
    found, decoder = [], json.JSONDecoder()
    while text := text.lstrip():
        try:
            document, end = decoder.raw_decode(text)
        except ValueError:
            text = text.partition("\n")[2]
        else:
            found.append(document)
            text = text[end:]
    return found


def contains(whole: Any, part: Any) -> bool:
    """Whether `part` is `whole`, but for fields that were left out."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(name in whole and contains(whole[name], part[name]) for name in part)
    if isinstance(whole, list) and isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


@pytest.fixture
def demo(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[dict[str, str]]:
    """A demo that runs, started as its user starts it: the environment for who speaks to it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name not in DEFAULTS}
    environment |= {
        "WILDLIFE_DATA_DIR": str(data_dir),
        "WILDLIFE_PORT": str(port),
        "BASE": f"http://127.0.0.1:{port}/api/v1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    if "WILDLIFE_DATABASE_URL" in os.environ:
        settings = request.getfixturevalue("settings")
        environment["WILDLIFE_DATABASE_URL"] = settings.database_url
        environment["WILDLIFE_OWNER_DATABASE_URL"] = settings.owner_database_url
    with subprocess.Popen(
        [sys.executable, "-m", "wildlife", "demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl-C" in line:
                break
        else:
            pytest.fail(f"the demo ended before it was ready:\n{''.join(said)}")
        yield environment
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert process.returncode == 0, rest
        assert "Stopped." in rest


def test_the_tour_runs_and_answers_what_the_readme_prints(
    demo: dict[str, str], tmp_path: Path
) -> None:
    if not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("the tour needs bash and curl")
    script = tmp_path / "tour.sh"
    script.write_text("\n".join(blocks(tour(), "sh")), "utf-8")
    done = subprocess.run(
        ["bash", "-eu", script],
        cwd=tmp_path,
        env=demo,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.split() == re.findall(r"# → (\d{3})$", read(script), re.MULTILINE)
    printed = documents(done.stdout)
    for expected in map(json.loads, blocks(tour(), "json")):
        assert any(contains(answer, expected) for answer in printed), expected
    assert done.stdout.endswith("\n3 chains, 0 flaws\n")


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_table_with_its_default_and_no_other(readme: Path) -> None:
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \| `?(.+?)`? \| .+ \|$", read(readme), re.MULTILINE)
    assert dict(rows) == {
        name: "—" if default is None else str(default) for name, default in DEFAULTS.items()
    }
    in_files = {name + FILE for name in SECRET}
    assert set(re.findall(rf"{PREFIX}[A-Z]\w*", read(readme))) == {*DEFAULTS, *in_files}


@pytest.mark.parametrize("readme", READMES)
def test_the_bounds_that_are_named_are_those_of_the_service(readme: Path) -> None:
    [bounds] = re.findall(r"^\*\*(?:Bounds|限度).*?(?=\n\n)", read(readme), re.M | re.S)
    words = " ".join(bounds.split())
    for most in (MOST_ENTRIES, MOST_UNFINISHED, MOST_BODIES, BODIES_PER_ACCOUNT):
        assert re.search(rf"(?<!\d){most:,}(?!\d)", words), most
    for year in (EARLIEST.year, LATEST.year - 1):
        assert str(year) in words


@pytest.mark.parametrize("name", ["Dockerfile", "docker-compose.yml"])
def test_the_deployment_sets_no_variable_that_nobody_reads(name: str) -> None:
    assert set(re.findall(rf"{PREFIX}[A-Z]\w*", read(ROOT / name))) <= set(DEFAULTS)


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_that_is_named_exists(readme: Path) -> None:
    named = set(re.findall(r"(?:^|\s)make ([a-z]+)", code(read(readme)), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))


@pytest.mark.parametrize("readme", READMES)
def test_the_table_of_calls_is_that_of_the_service(readme: Path, tmp_path: Path) -> None:
    named = {
        (method, path if path in OPERATIONAL else f"/api/v1{path}")
        for method, path in re.findall(
            r"^(GET|POST|PUT|PATCH|DELETE|HEAD) (/[^?\s]*)", code(read(readme)), re.MULTILINE
        )
    }
    app = create_app(Settings(data_dir=tmp_path))
    served = {
        (method.upper(), path)
        for path, operations in app.openapi_schema.to_schema()["paths"].items()
        for method in operations
        if not (method == "head" and "get" in operations)  # goes without saying
    }
    assert named == served
    assert {"/docs", "/docs/openapi.json"} <= {route.path for route in app.routes}


def test_both_readmes_give_the_same_commands_and_answers() -> None:
    def without_comments(readme: Path) -> list[str]:
        return [re.sub(r"\s+# (?!→).*", "", block) for block in blocks(read(readme), "sh")]

    assert without_comments(CHINESE) == without_comments(ENGLISH)
    assert blocks(read(CHINESE), "json") == blocks(read(ENGLISH), "json")


@pytest.mark.parametrize("document", [*READMES, pytest.param(ROOT / "CHANGELOG.md", id="changes")])
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", read(document)):
        assert (document.parent / target).exists(), target


def test_the_chinese_readme_says_what_each_version_asks_of_who_upgrades() -> None:
    """As the head of each version in CHANGELOG.md does, which is English."""
    changes = read(ROOT / "CHANGELOG.md").split("\n## ")[1:]
    [section] = re.findall(r"^## 升级\n(.*?)(?=^## )", read(CHINESE), re.M | re.S)
    upgrades = section.split("\n### ")[1:]
    assert [one.split()[0] for one in upgrades] == [one.split()[0] for one in changes]
    asked = re.compile(r"`((?:docker|wildlife|SERVICE_PASSWORD)[^`]*)`")
    for there, here in zip(changes, upgrades, strict=True):
        head, *parts = there.split("\n**")
        commands = [" ".join(one.split()) for one in asked.findall(head)]
        assert [one for one in commands if one not in " ".join(here.split())] == []
        for part in re.findall(r"^For ([a-z ]+)\*\*$", "\n".join(parts), re.M):
            told = {"officers": "民警", "officials": "主管部门", "operators": "运维"}.get(part)
            assert f"**{told or '接口'}**" in here, part
    names = [file.name.partition("_")[0] for file in (ROOT / "db/migrations").iterdir()]
    for first in re.findall(r"`db/migrations` 中 (\d{4})", section):
        assert first in names


def test_the_changelog_and_the_image_name_this_version() -> None:
    assert f"\n## {__version__} " in read(ROOT / "CHANGELOG.md")
    assert compose()["services"]["service"]["image"].endswith(f":{__version__}")


def test_every_service_is_checked_for_health_and_waits_for_those_it_needs() -> None:
    services = compose()["services"]
    once = {"migrate", "rotate-key", "backup"}
    assert set(services) == {"database", "service", "proxy"} | once
    for name, service in services.items():
        assert "test" in service["healthcheck"] or "build" in service
        assert service["restart"] == ("no" if name in once else "unless-stopped")
        for needed, how in service.get("depends_on", {}).items():
            ready = "service_completed_successfully" if needed in once else "service_healthy"
            assert how == {"condition": ready}
    assert "\nHEALTHCHECK " in read(ROOT / "Dockerfile")


def test_the_database_keeps_its_cluster_where_version_18_has_it() -> None:
    database = compose()["services"]["database"]
    assert database["image"] == "${POSTGRES_IMAGE:-postgres:18}"
    assert database["volumes"] == ["database:/var/lib/postgresql"]


def test_no_password_has_a_default() -> None:
    text = read(ROOT / "docker-compose.yml")
    assert "${DATABASE_PASSWORD:?" in text
    assert "${SERVICE_PASSWORD:?" in text
    assert not re.search(r"\$\{\w*PASSWORD:?-", text)
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert re.match(r"\$\{(DATABASE|SERVICE)_PASSWORD[:}]|$", str(value)), name


@pytest.mark.parametrize("readme", READMES)
def test_what_the_deployment_asks_for_is_in_the_env_file_that_the_readme_makes(
    readme: Path,
) -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", read(ROOT / "docker-compose.yml")))
    made = re.search(r"cat > \.env <<ENV\n(.*?)\nENV", read(readme), re.DOTALL)
    assert made is not None
    assert set(re.findall(r"^(\w+)=", made[1], re.MULTILINE)) == asked


def test_the_service_is_told_no_login_but_its_own_and_no_container_may_more_than_it_needs() -> None:
    services = compose()["services"]
    owners = "${DATABASE_PASSWORD"
    for name in ("service", "proxy"):
        told = services[name].get("environment", {})
        assert not [value for value in told.values() if owners in str(value)], name
    # What .env holds for others is overwritten.
    assert services["service"]["env_file"] == ".env"
    assert services["service"]["environment"]["DATABASE_PASSWORD"] == ""
    assert "env_file" not in services["migrate"]
    for service in services.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_every_container_of_ours_is_told_in_which_language_it_speaks() -> None:
    ours = [one for one in compose()["services"].values() if "build" in one]
    assert len(ours) == 4
    for service in ours:
        name = f"{PREFIX}LANGUAGE"
        passed_on = service.get("environment", {}).get(name) == f"${{{name}:-}}"
        assert passed_on or service.get("env_file") == ".env"


@pytest.mark.parametrize("readme", READMES)
def test_a_file_that_the_readme_names_lies_in_a_folder_that_the_container_has(readme: Path) -> None:
    service = compose()["services"]["service"]
    assert "/etc/wildlife:/etc/wildlife:ro" in service["volumes"]
    text = read(readme)
    imports = re.findall(r"docker compose exec service wildlife species import (\S+)", text)
    lists = re.findall(r"--lists ([^`\s]+\.\w+)", text)
    settings = re.findall(rf"{PREFIX}\w+_FILE=([^`\s]+)", text)
    assert imports
    assert lists
    assert settings
    for one in (*imports, *lists, *settings):
        assert Path(one).parent == Path("/etc/wildlife"), one


def test_prometheus_scrapes_the_service_by_the_name_and_port_that_it_has_inside() -> None:
    prometheus = read(ROOT / "deploy/prometheus.yml")
    parsed = yaml.safe_load(prometheus)
    [job] = parsed["scrape_configs"]
    [scraped] = job["static_configs"]
    [target] = scraped["targets"]
    name, _, port = target.partition(":")
    service = compose()["services"][name]
    assert service["environment"]["WILDLIFE_PORT"] == port
    [network] = service["networks"]
    assert compose()["networks"][network]["internal"]
    joining = f"docker network connect {compose()['name']}_{network} prometheus"
    for document in (prometheus, read(ENGLISH), read(CHINESE)):
        assert joining in document
    assert [(ROOT / "deploy" / one).is_file() for one in parsed["rule_files"]] == [True]
    assert f'up{{job="{job["job_name"]}"}}' in read(ROOT / "deploy/alerts.yml")


def test_every_image_can_be_named_by_its_digest() -> None:
    text = read(ROOT / "docker-compose.yml")
    services = compose()["services"].values()
    foreign = [service["image"] for service in services if "build" not in service]
    foreign += [service["build"]["args"]["PYTHON"] for service in services if "build" in service]
    for image in foreign:
        found = re.fullmatch(r"\$\{(\w+_IMAGE):-([\w.:-]+)\}", image)
        assert found, image
        # … and the comment on top says how to find it out.
        assert f"'{found[1]}={{{{index .RepoDigests 0}}}}' {found[2]} >> .env" in text
    assert f"ARG PYTHON={foreign[-1].partition(':-')[2].rstrip('}')}" in read(ROOT / "Dockerfile")


def test_the_database_logs_no_value_of_a_statement() -> None:
    command = compose()["services"]["database"]["command"]
    for setting in (
        "log_parameter_max_length=0",
        "log_parameter_max_length_on_error=0",
        "log_error_verbosity=terse",
    ):
        assert f"--{setting}" in command
    assert not [one for one in command if "log_statement=" in one]


def test_the_image_is_built_from_pinned_packages_and_runs_as_nobody_in_particular() -> None:
    dockerfile = read(ROOT / "Dockerfile")
    installs = re.findall(r"pip install (.+)", dockerfile)
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert installs[0].endswith("-r requirements/${PACKAGES}.txt")
    assert "\nARG PACKAGES=run\n" in dockerfile
    assert installs[1] == "--no-deps --no-build-isolation ."
    assert re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE) == ["10001:10001"]


def test_all_that_the_image_copies_exists_and_nothing_else_is_sent_to_the_builder() -> None:
    copied = {
        source
        for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", read(ROOT / "Dockerfile"), re.M)
        for source in sources.split()
    }
    sent = set(re.findall(r"^!(\S+)$", read(ROOT / ".dockerignore"), re.MULTILINE))
    assert copied == sent
    assert all((ROOT / source).exists() for source in copied)


def test_the_proxy_takes_the_largest_photo_and_keeps_the_counters_inside() -> None:
    caddyfile = read(ROOT / "deploy/Caddyfile")
    [limit_mib] = re.findall(r"max_size (\d+)MiB", caddyfile)
    assert int(limit_mib) * 1024**2 > Settings().photo_limit_bytes
    assert "reverse_proxy service:8000 {" in caddyfile


def test_both_readmes_count_the_same_places() -> None:
    english, chinese = (
        re.findall(r"^\| [^|`]+ \| (\d) \| [^|]+ \|$", read(one), re.M)
        for one in (ENGLISH, CHINESE)
    )
    assert english == chinese
    assert len(english) == 9


@pytest.mark.parametrize("path", READMES)
def test_how_to_change_it_names_what_there_is(path: Path) -> None:
    """Each place that a recipe names is a file of the house, or stands in one that it names."""
    start = "| to add |" if path == ENGLISH else "| 增加 |"
    recipes = read(path).partition(start)[2].partition("\n\n")[0].splitlines()[2:]
    assert len(recipes) == 9
    for recipe in recipes:
        named = re.findall(r"`([^`]+)`", recipe)
        files = [one for one in named if one.endswith((".py", "/", ".sql", ".toml"))]
        found = [
            next(f for f in (ROOT / one, ROOT / "wildlife" / one) if f.exists()) for one in files
        ]
        text = "".join(read(file) for file in found if file.is_file())
        for word in set(named) - set(files):
            assert word in text, (recipe, word)
