"""What an incident may be a duplicate of."""

from uuid import UUID

from db.connection import Connection
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.timeline.duplicate_queries import find_original, keep_originals_as_they_are
from wildlife.timeline.entry import Amendment, Closing, Entry, Void
from wildlife.timeline.incident import Incident
from wildlife.timeline.queries import access_incident
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId


def names_original(entry: Entry) -> bool:
    """Whether it may say of what its incident is a duplicate."""
    match entry:
        case Closing(duplicate_of=UUID()):
            return True
        case Amendment(changes=changes):
            return "duplicate_of" in changes
        case Void():  # of any of these, which lets hold what was said before it
            return True
        case _:
            return False


async def require_original(
    connection: Connection, actor: Actor, incident: Incident, field: str
) -> None:
    """That what `incident` is a duplicate of is there for `actor`, and does not lead back to it:
    of some incidents that name each other in a circle, none would be in any list.

    Until the transaction ends nobody else makes a duplicate: the two halves of a circle might
    come at the same time, and neither know of the other.

    field: which names it. Raises Problem: unknown_incident or impossible_step.
    """
    original = incident.duplicate_of
    if original is None:
        return
    if await access_incident(connection, actor.doing(Verb.READ), IncidentId(original)) is None:
        raise Problem("unknown_incident", FieldError(field, str(original)))
    await keep_originals_as_they_are(connection)
    passed: set[UUID] = set()  # there may be circles of earlier days
    step: UUID | None = original
    while step is not None and step not in passed:
        passed.add(step)
        step = await find_original(connection, step)
        if step == incident.id:
            raise Problem(
                "impossible_step",
                FieldError(field, str(original)),
                reason=Sentence(
                    "That incident is itself a duplicate of this one, or of one that is. Close"
                    " only one of them as the duplicate.",
                    "该警情本身就是本起警情的重复登记（直接或经由其他警情）。"
                    "请只将其中一起按重复登记办结。",
                ),
            )
