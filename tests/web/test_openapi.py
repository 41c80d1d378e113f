"""The OpenAPI document: complete, and kept by every answer to anything at all."""

from collections.abc import Iterator
from typing import Any

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
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.documented import document
from tests.users import API
from wildlife.commands.demo import tell
from wildlife.demo.stories import STORIES
from wildlife.people.accounts import DEMO_PASSWORD

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def base(base: str) -> str:
    """A server on which both stories were told."""
    with httpx.Client(base_url=base, timeout=30) as client:
        for story in STORIES:
            tell(client, story)
    return base


@pytest.fixture(scope="module")
def token(base: str) -> str:
    answer = httpx.post(
        f"{base}{API}/session", json={"badge": "150425001", "password": DEMO_PASSWORD}
    )
    access_token: str = answer.json()["access_token"]
    return access_token


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One connection for thousands of cases, which asks for no proxy."""
    with Session() as session:
        session.trust_env = False
        yield session


for media_type in ("image/heic", "image/avif", "application/offset+octet-stream"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")

schema = schemathesis.openapi.from_dict(document())
_FOUND = [*schema.get_all_operations()]
OPERATIONS = {found.ok().label: found.ok() for found in _FOUND if isinstance(found, Ok)}
assert len(OPERATIONS) == len(_FOUND), "what is said of an operation can't be understood"


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def is_kept(case: Case[Any], base: str, token: str, session: Session) -> None:
    case.call_and_validate(
        base_url=base,
        headers={"Authorization": f"Bearer {token}"},
        checks=_CHECKS,
        timeout=30,
        session=session,
    )


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_breaks_the_service_or_gets_an_answer_outside_the_document(
    label: str, base: str, token: str, session: Session
) -> None:
    # Signing out would end the session of all other cases.
    if label == f"DELETE {API}/session":
        pytest.skip("tested in test_accounts")
    # As `schema.parametrize()` does it, which makes the cases of every operation when the tests are
    # collected: ten seconds for each worker, whether it has any of them or not.
    every_case = build_operation_test(
        config=schema.config,
        operation=OPERATIONS[label],
        test_func=is_kept,
        given_kwargs={},
        feedback=FeedbackSources(),
    )
    every_case(base=base, token=token, session=session)
