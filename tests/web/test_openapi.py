"""The OpenAPI document: complete, and kept by every answer to anything at all.

Everything is sent what is made up for it and what it has for examples. What its schema has cases
for is sent to a third of the operations, others every day; of a body that may be of thirty types,
each with its fields, there are thousands, of which some are drawn. `make test-all` sends them
all."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final
from zlib import crc32

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from requests import Session
from schemathesis import Case
from schemathesis.checks import (
    not_a_server_error,
)
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ensure_resource_availability,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
    use_after_free,
)

from tests.documented import document
from tests.draws import Draw
from tests.users import API
from wildlife.commands.demo import tell
from wildlife.demo.stories import STORIES
from wildlife.people.accounts import DEMO_PASSWORD

# All that there are, but for two. What a schema allows is not all that may be said
# (`positive_data_acceptance`): a time lies in the past, an entry follows another. And who may see
# what follows from rules of our own (`object_level_authorization`), held in tests/people.
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
    allow_header_conformance,
    ignored_auth,
]
# What only several requests can tell.
_OF_SEVERAL = [use_after_free, ensure_resource_availability]

# Where Hypothesis keeps the cases that are to be sent whatever else it makes up.
_CASES: Final = "hypothesis_explicit_examples"

# One of each role.
PEOPLE = ["150425001", "chief", "LC1504", "auditor", "admin"]


@pytest.fixture(scope="module")
def base(base: str) -> str:
    """A server on which both stories were told."""
    with httpx.Client(base_url=base, timeout=30) as client:
        for story in STORIES:
            tell(client, story)
    return base


@pytest.fixture(scope="module")
def tokens(base: str) -> dict[str, str]:
    """Of each of them."""

    def of(badge: str) -> str:
        credentials = {"badge": badge, "password": DEMO_PASSWORD}
        answer = httpx.post(f"{base}{API}/session", json=credentials)
        return str(answer.json()["access_token"])

    return {badge: of(badge) for badge in PEOPLE}


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One connection for thousands of cases, which asks for no proxy."""
    with Session() as session:
        session.trust_env = False
        yield session


for media_type in ("image/heic", "image/avif", "application/offset+octet-stream"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")

schema = schemathesis.openapi.from_dict(document())
# A client that does not say which tus it speaks speaks another one: 412, as tus has it.
# What is larger than a body may be is refused before it is read: 413, of secrets at 10,000 bytes.
for check in (
    schema.config.checks.missing_required_header,
    schema.config.checks.negative_data_rejection,
):
    check.expected_statuses = [*check.expected_statuses, "412", "413"]
_FOUND = [*schema.get_all_operations()]
OPERATIONS = {found.ok().label: found.ok() for found in _FOUND if isinstance(found, Ok)}
assert len(OPERATIONS) == len(_FOUND), "what is said of an operation can't be understood"


# Cases that an operation's schema has, of which the rest are left to other days.
MOST: Final = 60

SETTINGS = settings(suppress_health_check=list(HealthCheck))


def who_asks(case: Case[Any]) -> str:
    """Half of the cases are the officer's, and each case is always the same person's."""
    said = repr((case.path_parameters, case.query, case.body)).encode()
    people = [*PEOPLE, *[PEOPLE[0]] * (len(PEOPLE) - 2)]
    return people[crc32(said) % len(people)]


@cache
def story() -> Any:
    """Who asks for what an answer named, as far as the document shows which that can be."""
    return schema.as_state_machine()


def is_kept(case: Case[Any], base: str, tokens: Mapping[str, str], session: Session) -> None:
    answer = case.call(
        base_url=base,
        headers={"Authorization": f"Bearer {tokens[who_asks(case)]}"},
        timeout=30,
        session=session,
    )
    # An address of more than 65,534 bytes, which a polygon as long as none may be makes: the server
    # refuses it, and the service never hears of it (tests/web/test_sizes.py).
    if answer.status_code != 414 or "x-request-id" in answer.headers:
        # What is wrong with an item of several is told in its own result.
        each_alone = case.operation.path == f"{API}/sync"
        checks = [one for one in _CHECKS if not each_alone or one is not negative_data_rejection]
        case.validate_response(answer, checks=checks)


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_the_service_or_gets_an_answer_outside_the_document(
    label: str, base: str, tokens: dict[str, str], session: Session, draw: Draw, thorough: bool
) -> None:
    # Signing out would end the session of all other cases.
    if label == f"DELETE {API}/session":
        pytest.skip("tested in test_accounts")
    schema.config.phases.coverage.enabled = label in draw.some(OPERATIONS, len(OPERATIONS) // 3)
    # As `schema.parametrize()` does it, which makes the cases of every operation when the tests are
    # collected: ten seconds for each worker, whether it has any of them or not.
    every_case = build_operation_test(
        config=schema.config,
        operation=OPERATIONS[label],
        test_func=is_kept,
        given_kwargs={},
        feedback=FeedbackSources(),
        explicit_settings=settings(SETTINGS, max_examples=10 if thorough else 3),
    )
    setattr(every_case, _CASES, draw.some(getattr(every_case, _CASES, []), MOST, label))
    every_case(base=base, tokens=tokens, session=session)


@pytest.mark.parametrize("badge", PEOPLE)
def test_what_one_answer_names_is_asked_for_next_and_breaks_nothing_either(
    badge: str, base: str, tokens: dict[str, str], session: Session
) -> None:
    class Story(story()):  # type: ignore[misc]
        def get_call_kwargs(self, _: Case[Any]) -> dict[str, Any]:
            return {
                "base_url": base,
                "headers": {"Authorization": f"Bearer {tokens[badge]}"},
                "session": session,
                "timeout": 30,
            }

        def validate_response(self, response: Response, case: Case[Any], **_: Any) -> None:
            case.validate_response(response, checks=[*_CHECKS, *_OF_SEVERAL])

    Story.run(settings=settings(SETTINGS, max_examples=10, stateful_step_count=6))
