"""Who may ask what: every route, and every role."""

from litestar.routes import HTTPRoute

from tests.documented import application
from tests.users import API

NO = 403
ADMINISTRATOR = 10
"""Which of the columns is the administrator's."""
AFTERWARDS = (NO, NO, NO)
EVERYBODY = (*(200,) * 11, NO, *(200,) * 3)
#          own  above elsew chief  far  official far  resc cust audit admin undecided; and, of what
#          went on since: of the station that handed it over, that took it over, of the centre
READERS = (200, 200, 404, 200, 404, 200, 404, 404, 200, 200, NO, NO, 200, 200, 404)
LISTERS = (200, 200, 200, 200, 200, 200, 200, 200, 200, 200, NO, NO, 200, 200, 200)
WRITERS = (201, NO, 404, NO, NO, NO, NO, 404, 201, NO, NO, NO, 201, 201, 201)
REFUSED = (200, 200, 200, 200, 200, NO, NO, 200, 200, 200, NO, NO, 200, 200, 404)
SETTLERS = (*(404,) * 5, *(NO,) * 7, 404, 404, NO)
HANDLERS = (200, 404, 404, NO, NO, NO, NO, NO, NO, NO, NO, NO, 404, 200, NO)
DIRECTORS = (NO, NO, NO, 200, 200, NO, NO, NO, NO, 200, 200, NO, NO, NO, NO)
AUDITORS = (*(NO,) * 9, 200, NO, NO, NO, NO, NO)
MANAGERS = (NO, NO, NO, 200, 200, NO, NO, NO, NO, NO, 200, NO, NO, NO, NO)
SENDERS = (200, 404, 404, NO, NO, NO, NO, 404, 404, NO, NO, NO, 200, 404, 404)


def done(statuses: tuple[int, ...], status: int) -> tuple[int, ...]:
    """The same where who may is answered otherwise."""
    return tuple(status if one == 200 else one for one in statuses)


# What each is answered. A route that is missing here fails the tests until somebody decides.
MATRIX = {
    "GET /session": EVERYBODY,
    "DELETE /session": done(EVERYBODY, 204),
    # To one that nobody may set: it is their own, who may.
    "PUT /session/password": done(EVERYBODY, 422),
    "POST /incidents": (201, 201, 201, NO, NO, NO, NO, NO, NO, NO, NO, NO, 201, 201, NO),
    "GET /incidents": LISTERS,
    "GET /incidents/nearby": LISTERS,
    "GET /incidents/{incident_id}": READERS,
    # A note, of the time in which it was theirs; what a chief says of it stands in
    # tests/timeline/test_chiefs.py.
    "POST /incidents/{incident_id}/entries": (
        *(201, NO, 404, NO, 404, NO, NO, 404, 201, NO, NO, NO, 201, 201, 201),
    ),
    "GET /incidents/{incident_id}/entries": READERS,
    # Elsewhere it is what they sent there themselves.
    "GET /incidents/{incident_id}/refused": REFUSED,
    "GET /refused": (*REFUSED[:-1], 200),
    # Of one that there is not.
    "GET /refused/{refused_id}": (*done(REFUSED, 404)[:-1], 404),
    "POST /refused/{refused_id}/accept": SETTLERS,
    "POST /refused/{refused_id}/dismiss": SETTLERS,
    "GET /incidents/{incident_id}/informant": HANDLERS,
    "DELETE /incidents/{incident_id}/informant": done(HANDLERS, 204),
    # One of now.
    "PUT /incidents/{incident_id}/photos/{photo_id}": (*WRITERS[:-1], NO),
    "GET /incidents/{incident_id}/photos": READERS,
    "GET /incidents/{incident_id}/photos/{photo_id}": READERS,
    # It takes a permission that officers have.
    "GET /incidents/{incident_id}/photos/{photo_id}/original": (
        *(200, 200, 404, NO, 404, NO, 404, 404, NO, NO, NO, NO, 200, 200, 404),
    ),
    "GET /incidents/{incident_id}/evidence.zip": (
        *(200, 200, 404, NO, 404, NO, 404, 404, NO, NO, NO, NO, 200, 200, 404),
    ),
    "GET /incidents/{incident_id}/photos/{photo_id}/accesses": (
        *(200, 200, 404, 200, 404, NO, NO, NO, NO, 200, NO, NO, 200, 200, NO),
    ),
    "GET /incidents/{incident_id}/photos/{photo_id}/thumbnail": READERS,
    "GET /incidents/{incident_id}/photos/{photo_id}/screen": READERS,
    "GET /incidents/{incident_id}/papers": READERS,
    "GET /incidents/{incident_id}/papers/{paper}": READERS,
    # An upload is seen by who began it and by nobody else.
    "POST /uploads": WRITERS,
    "HEAD /uploads/{upload_id}": SENDERS,
    "PATCH /uploads/{upload_id}": done(SENDERS, 204),
    "DELETE /uploads/{upload_id}": done(SENDERS, 204),
    # Of each item it is told what it would be told of it by itself.
    "POST /sync": (*(200,) * 5, NO, NO, 200, 200, NO, NO, NO, *(200,) * 3),
    "POST /receipts": LISTERS,
    "GET /changes": LISTERS,
    "GET /animals": LISTERS,
    "GET /releases": LISTERS,
    **{
        f"POST /{one}/search": LISTERS
        for one in ("incidents", "animals", "releases", "transfers", "photos", "hazards")
    },
    **{
        f"POST /statistics/{one}/search": LISTERS
        for one in ("incidents", "animals", "releases", "transfers", "hazards")
    },
    "GET /transfers": LISTERS,
    "GET /photos": LISTERS,
    "GET /photos/archive": LISTERS,
    "POST /photos/archive/search": LISTERS,
    "GET /hazards": LISTERS,
    # Of a list that comes in pages, which none is made of; one's own; and one that there is not.
    "POST /feeds": done(LISTERS, 422),
    "GET /feeds": EVERYBODY,
    "DELETE /feeds/{feed_id}": done(EVERYBODY, 404),
    "POST /exports": done(LISTERS, 422),
    "GET /exports": EVERYBODY,
    "GET /exports/{export_id}": done(EVERYBODY, 404),
    "GET /exports/{export_id}/file": done(LISTERS, 404),
    "DELETE /exports/{export_id}": done(EVERYBODY, 404),
    "POST /subscriptions": done(LISTERS, 422),
    "GET /subscriptions": EVERYBODY,
    "GET /subscriptions/{subscription_id}": done(EVERYBODY, 404),
    "POST /subscriptions/{subscription_id}/restart": done(LISTERS, 404),
    "DELETE /subscriptions/{subscription_id}": done(EVERYBODY, 404),
    "GET /statistics/incidents": LISTERS,
    "GET /statistics/animals": LISTERS,
    "GET /statistics/releases": LISTERS,
    "GET /statistics/transfers": LISTERS,
    "GET /statistics/hazards": LISTERS,
    "GET /reports/annual": (*(NO,) * 3, 200, 200, 200, 200, NO, NO, 200, NO, NO, *AFTERWARDS),
    "GET /species": EVERYBODY,
    "GET /species/{species_id}": EVERYBODY,
    "GET /stations": EVERYBODY,
    "GET /vocabularies": EVERYBODY,
    "GET /accounts": DIRECTORS,
    # Of an officer of that station.
    "GET /accounts/{badge}": (*(NO, NO, NO, 200, 404, NO, NO, NO, NO, 200, 200, NO), *AFTERWARDS),
    "PATCH /accounts/{badge}": (*(NO, NO, NO, 200, 404, NO, NO, NO, NO, NO, 200, NO), *AFTERWARDS),
    "POST /accounts/{badge}/appointments": (
        *(NO, NO, NO, 200, 404, NO, NO, NO, NO, NO, 200, NO),
        *AFTERWARDS,
    ),
    # From what the account is not.
    "DELETE /accounts/{badge}/appointments": (
        *(NO, NO, NO, 204, 404, NO, NO, NO, NO, NO, 204, NO),
        *AFTERWARDS,
    ),
    "PATCH /stations/{station_code}": (
        *(NO, NO, NO, 200, NO, NO, NO, NO, NO, NO, 200, NO),
        *AFTERWARDS,
    ),
    # To what nobody may set, or be called: it is theirs, who may.
    "POST /accounts": done(MANAGERS, 422),
    "PUT /accounts/{badge}/password": done(MANAGERS, 422),
    # Of an account that no provider signs in.
    "DELETE /accounts/{badge}/password": (*(NO,) * 10, 409, *(NO,) * 4),
    "POST /stations": done(MANAGERS, 422),
    "POST /devices": done(MANAGERS, 422),
    "GET /devices": DIRECTORS,
    # Of one that there is not.
    "DELETE /devices/{device_id}": done(MANAGERS, 404),
    "GET /people/events": DIRECTORS,
    "GET /accesses": AUDITORS,
    "GET /accesses/days": AUDITORS,
    "GET /accesses/days/{day}": AUDITORS,
    "GET /checkpoint": AUDITORS,
    "GET /tile/{level}/{index}": AUDITORS,
}


def routes() -> set[str]:
    """Every route of the API that is not public."""
    found = set()
    for route in application().routes:
        if not isinstance(route, HTTPRoute) or not route.path.startswith(API):
            continue
        path = route.path_format.removeprefix(API)
        for handler in route.route_handlers:
            methods = set(handler.http_methods) - {"OPTIONS"}
            if "GET" in methods:
                methods -= {"HEAD"}
            if not handler.opt.get("public"):
                found |= {f"{method} {path}" for method in methods}
    return found
