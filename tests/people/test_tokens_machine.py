"""Refresh tokens on a bad network and in the wrong hands.

A state machine plays an officer's phone, which loses answers and asks again, and a thief, who has
copied its token at some time. The phone alone is never locked out; and the two never both go on:
whoever comes second, after the first of them used what followed, ends the session for both, and is
put on record once, as an alarm to the chief.
"""

from concurrent.futures import ThreadPoolExecutor

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from tests.people.machines import asking, chief_of, run_machine
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings

REFUSED = 401


class Phone:
    """Holds one refresh token: the latest that it received."""

    def __init__(self, token: str) -> None:
        self.token = token


class Session(RuleBasedStateMachine):
    """One session. What it should answer is told from who was given which token for which."""

    client: httpx.Client
    chief: dict[str, str]

    def __init__(self) -> None:
        super().__init__()
        self.parents: dict[str, str | None] = {}
        self.current: str | None = None
        """The latest token that was used; another follows when one of its children is used."""
        self.has_ended = False
        self.access_tokens: list[str] = []
        self.thief: Phone | None = None
        self.was_stolen_from = False
        self.reused = 0
        """How often it was said that a token was used again."""

    @initialize()
    def sign_in(self) -> None:
        self.alarms_before = self.alarms()
        answer = self.client.post(
            "/session", json={"badge": "150425001", "password": DEMO_PASSWORD}
        )
        assert answer.status_code == 201, answer.text
        self.owner = Phone(answer.json()["refresh_token"])
        self.parents[self.owner.token] = None

    # ------------------------------------------------------------ what happens

    @rule(arrives=st.booleans())
    def the_owner_refreshes(self, arrives: bool) -> None:
        """The answer may get lost: the phone still holds the old token."""
        self.refresh(self.owner, arrives=arrives)

    @rule(kept=st.integers(0, 2))
    def the_owner_refreshes_thrice_at_once(self, kept: int) -> None:
        """Three parts of the app find the access token expired; the last one to write wins."""
        token = self.owner.token
        with ThreadPoolExecutor(3) as threads:
            answers = list(threads.map(self.ask, [token] * 3))
        expected = self.expected(token)
        for answer in answers:
            self.take(token, answer, expected)
        if expected:
            self.owner.token = answers[kept].json()["refresh_token"]

    @rule()
    def the_token_is_copied(self) -> None:
        self.thief = Phone(self.owner.token)

    @precondition(lambda self: self.thief is not None)
    @rule(arrives=st.booleans())
    def the_thief_refreshes(self, arrives: bool) -> None:
        assert self.thief is not None
        self.was_stolen_from = True
        self.refresh(self.thief, arrives=arrives)

    # ------------------------------------------------------------ what is answered

    def alarms(self) -> int:
        """How many the chief is shown."""
        address = "/people/events?kind=token_copied&limit=500"
        answer = self.client.get(address, headers=self.chief)
        return len(answer.json()["items"])

    def ask(self, token: str) -> httpx.Response:
        return self.client.post("/session/refresh", json={"refresh_token": token})

    def refresh(self, phone: Phone, *, arrives: bool) -> None:
        answer = self.ask(phone.token)
        goes_on = self.expected(phone.token)
        self.take(phone.token, answer, goes_on)
        if goes_on and arrives:
            phone.token = answer.json()["refresh_token"]

    def expected(self, token: str) -> bool:
        """Whether the token holds; it is the current one from now on, or the session has ended."""
        if self.has_ended:
            return False
        if self.current not in (token, self.parents[token]):
            self.has_ended = True
            assert self.was_stolen_from, "an honest phone is never locked out"
            return False
        self.current = token
        return True

    def take(self, token: str, answer: httpx.Response, goes_on: bool) -> None:
        if not goes_on:
            assert answer.status_code == REFUSED, answer.text
            self.reused += answer.json()["code"] == "token_reused"
            return
        assert answer.status_code == 201, answer.text
        self.parents[answer.json()["refresh_token"]] = token
        self.access_tokens.append(answer.json()["access_token"])

    def teardown(self) -> None:
        """The first of the two who uses what followed is alone: the other's next use ends it."""
        if self.thief is not None and self.thief.token != self.owner.token:
            self.was_stolen_from = True
            for phone in (self.thief, self.owner, self.thief, self.owner):
                self.refresh(phone, arrives=True)
            for access in self.access_tokens:
                bearer = {"Authorization": f"Bearer {access}"}
                assert self.client.get("/session", headers=bearer).status_code == REFUSED
        assert self.alarms() - self.alarms_before == self.reused == self.has_ended


def test_an_honest_phone_is_never_locked_out_and_a_copied_token_is_noticed(
    settings: Settings,
) -> None:
    with asking(settings) as client:
        run_machine(Session, 12, client=client, chief=chief_of(client))
