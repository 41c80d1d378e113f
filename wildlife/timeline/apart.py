"""Who reported lies apart: the timeline names nobody, and keeps a digest of who it was."""

from datetime import tzinfo
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from db.connection import Connection
from media.vault import Vault, new_salt, salted_digest
from wildlife.informants.erased_queries import find_erased
from wildlife.informants.model import Informant
from wildlife.informants.queries import find_informant
from wildlife.people.accounts import Actor
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Entry, InformantNamed, Opening
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence

Body = TypeVar("Body", bound=Opening | Entry)

_NAMING: Final = "informant"


class Sealed(msgspec.Struct, frozen=True):
    """Who reported, as it is kept beside the timeline, and the digest that stands on it."""

    salt: bytes
    sealed: bytes
    sealed_by: bytes
    digest: str


def informant_of(body: Opening | Entry) -> Informant | None:
    """Whom a body names; one of whom nothing is said is nobody."""
    informant = body.informant if isinstance(body, Opening | InformantNamed) else None
    return None if informant is None or informant.says_nothing else informant


async def require_not_erased(
    connection: Connection, actor: Actor, incident_id: UUID, entry: Entry, zone: tzinfo
) -> None:
    """That whom an entry names was not erased since it was sent for the first time: it was refused
    then, and kept.

    Raises Problem informant_erased, which tells who sends it that it need not be sent any more.
    """
    if informant_of(entry) is None:
        return
    erased_at = await find_erased(connection, actor, incident_id, entry.id, is_of_it=True)
    if erased_at is not None:
        at = f"{erased_at.astimezone(zone):%Y-%m-%d %H:%M}"
        raise Problem(
            "informant_erased",
            said=Sentence(
                f"Whom this entry names was erased for good on {at}: it is not taken, and need not"
                " be sent again. Whoever is to be told of all the same is named by an entry"
                " `informant` with a new id. What is left of this one names nobody.",
                f"本条所报的报告人已于 {at} 永久删除，因此不予登记，无需再次发送。"
                "如需重新登记报告人，请换用新编号追加一条 `informant` 记录。"
                "本条其余内容不含报告人信息。",
            ),
        )


def set_apart(body: Body) -> Body:
    """The body as it stands on the timeline: it names nobody."""
    named = isinstance(body, Opening | InformantNamed) and body.informant is not None
    return replace(body, informant=None) if named else body


def naming_nobody(changes: Any) -> Any:
    """The changes of an amendment without whom they name, wherever and however that is written:
    what can't be done yet was not held to the fields that there are."""
    if isinstance(changes, list):
        return [naming_nobody(one) for one in changes]
    if not isinstance(changes, dict):
        return changes
    return {
        name: naming_nobody(value)
        for name, value in changes.items()
        if value is None or _NAMING not in name.casefold()
    }


def require_sealing(vault: Vault) -> None:
    """That what is sealed now can be opened after this process, too.

    Raises Problem not_ready, as readiness does, where the key lies in no file any more: who
    reported stays on the phone until it does, and is not lost.
    """
    vault.renew()
    if vault.amiss is not None:
        raise Problem("not_ready", FieldError("key", vault.amiss))


def seal(vault: Vault, incident_id: UUID, body: Opening | Entry) -> Sealed | None:
    """What is kept apart of a body. Raises Problem as `require_sealing` does."""
    informant = informant_of(body)
    if informant is None:
        return None
    content, salt = msgspec.json.encode(informant), new_salt()
    require_sealing(vault)
    sealed = vault.seal(incident_id, content)
    return Sealed(salt, sealed, vault.fingerprint, salted_digest(salt, content))


async def names_the_same(
    connection: Connection, incident_id: UUID, body: Opening | Entry, facts: Facts, *, is_own: bool
) -> bool | None:
    """Whether a body that is sent again names whom it named the first time, when `facts` were
    established. None where it is not its own: whoever else named somebody would read who reported
    by guessing, off the record, also who may read it on record. Nothing is looked up then.

    is_own: whether who sends it is who said it the first time.
    """
    informant = informant_of(body)
    if informant is None or facts.informant_digest is None:
        return (informant is None) == (facts.informant_digest is None)
    if not is_own:
        return None
    held = await find_informant(connection, incident_id, body.id)
    if held is None or not held.salt:
        return True  # erased since: nobody can tell any more
    return salted_digest(held.salt, msgspec.json.encode(informant)) == facts.informant_digest
