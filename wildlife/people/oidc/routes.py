"""Signing in by the identity provider, over HTTP; and whose account is left to it.

The provider sends the browser back to a page, whose address the operator names; the page hands on,
in a body, what its address came with. So tokens are in no address that is logged or remembered,
nobody is signed in by a link, and what is wrong is told to a page that can show it.
"""

from typing import Any, Final

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, JSONBody
from litestar.response import Redirect

from wildlife.people.accounts import Tokens
from wildlife.people.directing import MANAGING, directed_account, refusing, require_admin
from wildlife.people.guard import FromActor, author_of, host_of
from wildlife.people.may import Verb
from wildlife.people.oidc.flow import LASTS_S
from wildlife.people.oidc.queries import leave_to_provider
from wildlife.people.oidc.signing_in import Returned, come_back, leave
from wildlife.people.routes import BODY_LIMIT_BYTES, NOT_KEPT
from wildlife.people.service import FromPeopleService, PeopleService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.negotiation import HTML, JSON, best_of, whole_header
from wildlife.web.problems import Problem
from wildlife.web.responses import ASKING, SENDING_JSON, problems
from wildlife.words.sentences import Sentence

_LEAVING: Final = Sentence(
    "Whether an account signs in by the identity provider, an administrator decides.",
    "账号是否改由身份提供方登录，由管理员决定。",
)
_OF_PROVIDER: Final = ("oidc_not_set_up", "oidc_unfit_answer", "oidc_unavailable")


@get(
    "/session/oidc",
    tags=["session"],
    cache_control=NOT_KEPT,
    opt={"public": True},
    status_code=302,
    security=[{}],
    response_headers=documented_headers("Location", "Set-Cookie"),
    responses=problems(*ASKING, *_OF_PROVIDER),
)
async def go_to_provider(request: Request[Any, Any, Any], service: FromPeopleService) -> Redirect:
    """前往身份提供方登录。Go to the identity provider of the agency, in a browser, to sign in there
    (OpenID Connect, code flow with PKCE). A cookie remembers for ten minutes that it was here.

    The provider sends the browser back to the page that the operator named
    (`WILDLIFE_OIDC_REDIRECT_URL`), which goes on by `POST /session/oidc`. Where the provider can't
    be asked, who likes HTML better than JSON is sent to that page at once, with the code of the
    problem as `error` and without `state`.
    """
    try:
        flow, address = await leave(service, host_of(request))
    except Problem as refusal:
        page = service.settings.oidc_redirect_url
        if page is None or best_of(whole_header(request, "accept"), (JSON, HTML)) != HTML:
            raise
        return Redirect(f"{page}?error={refusal.code}", status_code=302)
    cookie = _cookie(service, flow.cookie, LASTS_S)
    return Redirect(address, status_code=302, cookies=[cookie])


@post(
    "/session/oidc",
    tags=["session"],
    cache_control=NOT_KEPT,
    opt={"public": True},
    request_max_body_size=BODY_LIMIT_BYTES,
    security=[{}],
    response_headers=documented_headers("Set-Cookie"),
    responses=problems(
        *ASKING,
        *SENDING_JSON,
        *_OF_PROVIDER,
        "oidc_begin_again",
        "oidc_denied",
        "oidc_not_admitted",
    ),
)
async def come_from_provider(
    request: Request[Any, Any, Any], service: FromPeopleService, data: JSONBody[Returned]
) -> Response[Tokens]:
    """完成身份提供方登录。Sign in with what the provider sent the browser back with, in the browser
    that went there.

    The account is the one that the provider names; what it is, the provider says each time, and
    what it says no more ends. After some hours, however much it is gone on with, the session ends,
    and the provider is asked again.
    """
    cookie = request.cookies.get(_cookie_name(service))
    tokens = await come_back(service, data, cookie, host_of(request))
    return Response(tokens, cookies=[_cookie(service, "", 0)])


@delete(
    "/accounts/{badge:str}/password",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["people"],
    responses=problems(*MANAGING, "unfit_change"),
)
async def leave_account_to_provider(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    badge: FromPath[str],
) -> None:
    """改由身份提供方登录。Take the password of an official or auditor away, for the identity
    provider to sign them in; all sessions of the account end. Administrators do so.

    It belongs to whom the provider names by this badge number first, and is what the provider says
    from then on. `PUT` of a new password takes that back.
    """
    require_admin(actor, _LEAVING)
    async with service.database.transaction() as connection:
        await directed_account(connection, actor, badge)
        with refusing():
            issuer = service.settings.oidc_issuer
            await leave_to_provider(connection, author_of(request, actor), badge, issuer)
    service.holders.forget()


def _is_secure(service: PeopleService) -> bool:
    redirect_url = service.settings.oidc_redirect_url or ""
    return redirect_url.startswith("https:")


def _cookie_name(service: PeopleService) -> str:
    """One that no other host may set, and no page without TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-wildlife-oidc" if _is_secure(service) else "wildlife-oidc"


def _cookie(service: PeopleService, value: str, lasts_s: int) -> Cookie:
    """Not `strict`: who comes back comes from elsewhere, and what the page sends at once may count
    as that, too."""
    return Cookie(
        key=_cookie_name(service),
        value=value,
        max_age=lasts_s,
        path="/",
        secure=_is_secure(service),
        httponly=True,
        samesite="lax",
    )
