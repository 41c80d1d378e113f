"""Enrolment on a bad network and in the wrong hands.

A state machine plays a chief and a phone, which lose answers and ask again, and a thief, who has
seen the code. The phone alone is never locked out; and of the two at most one is ever let in on the
device: the first that signed in, until the chief cuts it off.
"""

from typing import Any
from uuid import uuid4

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


class Phone:
    """What somebody holds: the latest of each that arrived."""

    token: str | None = None
    access: str | None = None
    refresh: str | None = None


class Enrolment(RuleBasedStateMachine):
    """One device. What it should answer is told from who was given what for which code."""

    client: httpx.Client
    chief: dict[str, str]

    def __init__(self) -> None:
        super().__init__()
        self.device = {"id": str(uuid4()), "name": "一号机"}
        self.code: str | None = None
        """The one that holds; `known` is the latest that arrived."""
        self.known: str | None = None
        self.given: set[str] = set()
        """The tokens that hold."""
        self.is_enrolled = False
        self.is_cut_off = False
        self.alarms = 0
        self.owner, self.thief = Phone(), Phone()
        self.thief_acted = False

    def ask(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.client.post(path, json=body, headers=headers)

    # ------------------------------------------------------------ what happens

    @initialize()
    def begin(self) -> None:
        self.the_chief_adds_it(arrives=True)

    @rule(arrives=st.booleans())
    def the_chief_adds_it(self, arrives: bool) -> None:
        answer = self.ask("/devices", self.device, **self.chief)
        if self.is_enrolled or self.is_cut_off:
            assert (answer.status_code, answer.json()["code"]) == (409, "already_enrolled")
            return
        assert answer.status_code in {200, 201}, answer.text
        self.code, self.given = answer.json()["code"], set()
        if arrives:
            self.known = self.code

    @precondition(lambda self: self.known)
    @rule(arrives=st.booleans())
    def the_phone_enrols(self, arrives: bool) -> None:
        self.enrol(self.owner, arrives=arrives)

    @precondition(lambda self: self.known)
    @rule(arrives=st.booleans())
    def the_thief_enrols(self, arrives: bool) -> None:
        self.thief_acted = True
        self.enrol(self.thief, arrives=arrives)

    @precondition(lambda self: self.owner.token)
    @rule(arrives=st.booleans())
    def the_phone_signs_in(self, arrives: bool) -> None:
        self.sign_in(self.owner, arrives=arrives)

    @precondition(lambda self: self.thief.token)
    @rule(arrives=st.booleans())
    def the_thief_signs_in(self, arrives: bool) -> None:
        self.sign_in(self.thief, arrives=arrives)

    @precondition(lambda self: self.owner.refresh)
    @rule(arrives=st.booleans())
    def the_phone_goes_on(self, arrives: bool) -> None:
        answer = self.ask("/session/refresh", {"refresh_token": self.owner.refresh})
        assert answer.status_code == (401 if self.is_cut_off else 201), answer.text
        if arrives and not self.is_cut_off:
            self.owner.refresh = answer.json()["refresh_token"]
            self.owner.access = answer.json()["access_token"]

    @precondition(lambda self: self.is_enrolled)
    @rule()
    def the_chief_cuts_it_off(self) -> None:
        answer = self.client.delete(f"/devices/{self.device['id']}", headers=self.chief)
        assert answer.status_code == 204
        self.is_cut_off, self.given = True, set()

    # ------------------------------------------------------------ what is answered

    def enrol(self, phone: Phone, *, arrives: bool) -> None:
        assert self.known is not None
        answer = self.ask("/devices/enrolment", {"code": self.known})
        if self.is_enrolled or self.is_cut_off or self.known != self.code:
            assert (answer.status_code, answer.json()["code"]) == (403, "invalid_enrolment_code")
            if self.is_enrolled and not self.is_cut_off and self.known == self.code:
                self.alarms = 1
            return
        assert answer.status_code == 201, answer.text
        self.given.add(answer.json()["device_token"])
        if arrives:
            phone.token = answer.json()["device_token"]

    def sign_in(self, phone: Phone, *, arrives: bool) -> None:
        body = {"badge": "150425001", "password": DEMO_PASSWORD, "device_token": phone.token}
        answer = self.ask("/session", body)
        if phone.token not in self.given:
            assert (answer.status_code, answer.json()["code"]) == (403, "unknown_device")
            return
        assert answer.status_code == 201, answer.text
        assert phone.token is not None
        self.is_enrolled, self.given = True, {phone.token}
        if arrives:
            phone.access = answer.json()["access_token"]
            phone.refresh = answer.json()["refresh_token"]

    def teardown(self) -> None:
        if self.is_enrolled and not self.thief_acted and not self.is_cut_off:
            assert self.owner.token in self.given, "an honest phone is never locked out"
        for phone in (self.owner, self.thief):
            if phone.access is not None:
                bearer = {"Authorization": f"Bearer {phone.access}"}
                status = self.client.get("/session", headers=bearer).status_code
                assert status == (401 if self.is_cut_off else 200)
        alarms = self.client.get("/people/events?kind=code_reused&limit=500", headers=self.chief)
        told = [one for one in alarms.json()["items"] if one["device_id"] == self.device["id"]]
        assert len(told) == self.alarms


def test_an_honest_phone_is_never_locked_out_and_one_code_lets_one_phone_in(
    settings: Settings,
) -> None:
    with asking(settings) as client:
        run_machine(Enrolment, 14, client=client, chief=chief_of(client))
