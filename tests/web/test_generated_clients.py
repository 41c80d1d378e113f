"""Clients that were generated from the OpenAPI document, unmodified, tell the cormorant's story."""

import importlib
import json
import re
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest

from tests.documented import document
from wildlife.demo.stories import CORMORANT, CORMORANT_STORY
from wildlife.people.accounts import DEMO_PASSWORD

CLIENTS: Final = Path(__file__).parents[1] / "clients"
MODULES: Final = CLIENTS / "node_modules"
NODE: Final = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None or not (MODULES / "@hey-api").is_dir(),
    reason="no Node.js, or its packages could not be had",
)

# What no client of this kind sends or reads: uploads in parts are for a client of tus, pictures are
# for what shows and unpacks them.
UNKNOWN_TO_PYTHON: Final = {
    "application/offset+octet-stream",
    "application/zip",
    *(f"image/{name}" for name in ("jpeg", "png", "webp", "heic", "avif")),
}


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document as a file."""
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_bytes(msgspec.json.encode(document()))
    return path


class Told(msgspec.Struct):
    """The cormorant's story with ids of its own, so that every client tells it as the first."""

    badge: str
    password: str
    opening: dict[str, Any]
    entries: list[dict[str, Any]]
    photos: list[dict[str, str]]


@pytest.fixture
def told() -> Told:
    prefix, own = CORMORANT[:-4], str(uuid4())[:-4]
    story = CORMORANT_STORY.requests
    bodies = json.loads(json.dumps([sent.body for sent in story if sent.body]).replace(prefix, own))
    photos = [
        {
            "id": sent.path.rpartition("/")[2].replace(prefix, own),
            "caption": sent.parameters["caption"],
            "base64": b64encode(sent.picture()).decode(),
        }
        for sent in story
        if sent.picture
    ]
    return Told(CORMORANT_STORY.badge, DEMO_PASSWORD, bodies[0], bodies[1:], photos)


def _run(*command: str, folder: Path, given: str = "") -> str:
    ran = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


# ---------------------------------------------------------------- Python


@pytest.fixture(scope="module")
def python_client(description: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of the package that openapi-python-client made, with what it can do unmodified."""
    folder = tmp_path_factory.mktemp("python")
    config = folder / "config.yml"
    config.write_text("package_name_override: generated_client\npost_hooks: []\n")
    ran = subprocess.run(
        [
            sys.executable, "-m", "openapi_python_client", "generate", "--path", description,
            "--output-path", folder / "made", "--config", config,
        ],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    warned = set(re.findall(r"[Uu]nsupported content[ _]type ([^)\n]+)", ran.stdout + ran.stderr))
    assert {one for line in warned for one in line.split(", ")} <= UNKNOWN_TO_PYTHON
    assert "Unable" not in ran.stdout, ran.stdout
    sys.path.insert(0, str(folder / "made"))
    yield "generated_client"
    sys.path.remove(str(folder / "made"))


def test_a_python_client_tells_the_story_and_reads_a_problem(
    base: str, python_client: str, told: Told
) -> None:
    def module(name: str) -> Any:
        return importlib.import_module(f"{python_client}.{name}")

    models, client = module("models"), module("client")

    def call(name: str, /, *arguments: Any, **named: Any) -> Any:
        return module(f"api.{name}").sync(*arguments, **named)

    credentials = models.Credentials(badge=told.badge, password=told.password)
    with client.Client(base_url=base) as stranger:
        tokens = call("session.sign_in", client=stranger, body=credentials)
    with client.AuthenticatedClient(base_url=base, token=tokens.access_token) as officer:
        _tell(module, call, officer, told)


def _tell(module: Any, call: Any, officer: Any, told: Told) -> None:
    models, types = module("models"), module("types")
    opened = call(
        "incidents.open_incident",
        client=officer,
        body=models.RescueOpening.from_dict(told.opening),
    )
    assert str(opened.id) == told.opening["id"]
    for body in told.entries:
        schema = getattr(models, body["type"].title().replace("_", ""))
        entry = schema.from_dict(body)
        appended = call("incidents.append_entry", opened.id, client=officer, body=entry)
        assert appended.type_ == body["type"]
    for photo in told.photos:
        content = types.File(payload=BytesIO(b64decode(photo["base64"])))
        shown = call(
            "photos.put_photo", opened.id, photo["id"],
            client=officer, body=content, caption=photo["caption"],
        )  # fmt: skip
        assert str(shown.id) == photo["id"]
    species, cursor = [], types.UNSET
    while cursor is not None:
        page = call("species.find_species", client=officer, family="鸬鹚科", limit=1, cursor=cursor)
        species += [one.species_id for one in page.items]
        cursor = page.next_cursor
    assert len(species) > 1
    assert "phalacrocorax_carbo" in species
    incident = call("incidents.get_incident", opened.id, client=officer)
    assert incident.state == "closed"
    late = schema.from_dict(told.entries[-1] | {"happened_at": "2124-01-01T00:00:00+08:00"})
    late.id = opened.id
    problem = call("incidents.append_entry", opened.id, client=officer, body=late)
    assert (problem.status, problem.code) == (422, "time_in_future")


# ---------------------------------------------------------------- TypeScript


@pytest.fixture(scope="module")
def compiled(description: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs, compiled together with all that is generated for them: to begin
    to compile takes longer than what there is to be compiled."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(MODULES)
    for program in ("story.ts", "types_alone.ts", "opening.ts"):
        shutil.copy(CLIENTS / program, folder)
    (folder / "readme.ts").write_text(
        'import type { paths } from "./types";\n'
        'type Opening = paths["/api/v1/incidents"]["post"]["requestBody"]["content"];\n'
        'export const opening: Opening["application/json"] = ' + _opening_of_the_readme() + ";\n"
    )
    (folder / "config.mjs").write_text(
        f"export default {{ input: {json.dumps(str(description))}, output: 'generated', plugins:"
        " ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk',"
        " { name: 'zod', dates: { offset: true } }] }\n"
    )
    tools = MODULES / ".bin"
    made = _run(str(tools / "openapi-ts"), "-f", "config.mjs", folder=folder)
    made += _run(
        str(tools / "openapi-typescript"), str(description), "-o", "types.d.ts", folder=folder
    )
    assert "warn" not in made.lower(), made
    _run(
        str(tools / "tsc"), "--strict", "--noUncheckedIndexedAccess", "--skipLibCheck",
        "--target", "es2022", "--module", "commonjs", "--moduleResolution", "node10",
        "--lib", "es2022,dom,dom.iterable", "--types", "node", "--outDir", "built",
        "story.ts", "types_alone.ts", "readme.ts", "opening.ts", folder=folder,
    )  # fmt: skip
    return folder


def _opening_of_the_readme() -> str:
    text = (CLIENTS.parents[1] / "README.md").read_text("utf-8")
    found = re.search(r"^RESCUE=\$\(cat <<JSON\n(.+?)\nJSON$", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1].replace("$ID", str(uuid4()))


@needs_node
def test_a_typescript_client_compiles_strictly_tells_the_story_and_reads_a_problem(
    base: str, compiled: Path, told: Told
) -> None:
    assert NODE is not None
    given = json.dumps({"base": base} | msgspec.to_builtins(told))
    answered = json.loads(_run(NODE, "built/story.js", folder=compiled, given=given))
    assert answered["types"] == [body["type"] for body in told.entries]
    assert len(answered["species"]) > 1
    assert answered["released"] == ["phalacrocorax_carbo"]
    assert (answered["state"], answered["problem"]) == ("closed", "time_in_future")


@needs_node
def test_the_opening_of_the_readme_compiles_as_it_stands_and_is_right_for_zod(
    compiled: Path,
) -> None:
    """What may be left out of a body need not be sent for the types that are made of it."""
    assert NODE is not None
    assert json.loads(_run(NODE, "built/opening.js", folder=compiled)) == {"wrong": []}
