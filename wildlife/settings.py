"""Settings: one frozen Struct, read once from the environment and passed on."""

import os
import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import inspect

from wildlife.delivery_settings import MailServer, read_mail, read_networks
from wildlife.provider_settings import NEEDED, ProviderSettings, read_provider
from wildlife.secret_files import with_secrets
from wildlife.words.hidden_places import HIDDEN_BY_DEFAULT, read_hidden_places
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said

PREFIX = "WILDLIFE_"

OIDC: Final = f"{PREFIX}OIDC_"

SECRET: Final = (
    f"{PREFIX}DATABASE_URL",
    f"{PREFIX}OWNER_DATABASE_URL",
    f"{PREFIX}READ_DATABASE_URL",
    f"{OIDC}CLIENT_SECRET",
    f"{PREFIX}SMTP_URL",
)
"""What may lie in a file instead: the URLs with their passwords."""

LOG_NAME: Final = re.compile(r"[!-*,-~]{1,100}")
"""What a log may be called in checkpoints (C2SP signed-note): no space, no plus sign."""

# Networks with a shorter prefix are everybody's, by the version of IP.
_EVERYBODYS: Final = {4: 8, 6: 16}

# What earlier versions read, and what to do instead.
_RETIRED: Final = {
    "WILDLIFE_DATABASE_ROLE": Sentence(
        "the service is who WILDLIFE_DATABASE_URL signs in as, a login that owns nothing; the"
        " tables' owner stands in WILDLIFE_OWNER_DATABASE_URL.",
        "服务以 WILDLIFE_DATABASE_URL 中的登录运行，该登录不拥有任何数据表；数据表所有者写在"
        " WILDLIFE_OWNER_DATABASE_URL 中。",
    ),
    "WILDLIFE_PHOTO_LIMIT_PIXELS": Sentence(
        "photos of any size are kept, and shown up to WILDLIFE_RENDERING_LIMIT_PIXELS.",
        "任何大小的照片都会保存，在 WILDLIFE_RENDERING_LIMIT_PIXELS 以内的可以显示。",
    ),
}

# What the service puts into its data folder. `informants.key.…` is a key that is being made.
DATABASE: Final = "postgresql"
MEDIA: Final = "media"
KEY: Final = "informants.key"
CHECKPOINT_KEY: Final = "checkpoint.key"
LOG: Final = "service.log"
BACKUP_MARK: Final = "backup.done"
RESTORE_MARK: Final = "restore.unfinished"
VERIFIED_MARK: Final = "verify.done"
SERVING_LOCK: Final = "serving.lock"

_DAY_S: Final = 24 * 3600

# How long something may hold: long enough for a request, and no longer than anybody plans.
_Seconds = Annotated[int, msgspec.Meta(ge=60, le=365 * _DAY_S)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is read from the variable `WILDLIFE_` + its name in capitals."""

    data_dir: Path = Path("var")
    """Where the private database, photos and the key live."""
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8000
    trusted_proxy: str | None = None
    """The proxy in front: addresses and networks, separated by commas. The address of a client is
    read from X-Forwarded-For where one of them sends it, and from there only."""
    cors_origins: str | None = None
    """Pages of other addresses that may use the API in a browser: their origins, separated by
    commas. Without it none may."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    """Server processes; more than one needs nothing but memory."""
    database_url: str | None = None
    """A PostgreSQL of your own (15 to 18), as a login that owns nothing there; without it a private
    one is started."""
    owner_database_url: str | None = None
    """The same database as the login that owns the tables: to make and change them, for nothing
    else."""
    read_database_url: str | None = None
    """A streaming replica of it, from which those are answered who only read; as the same login."""
    read_database_behind_s: Annotated[int, msgspec.Meta(ge=1, le=_DAY_S)] = 30
    """How far it may be behind: farther, and the database itself answers all."""
    database_connections: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 8
    """Connections a process may open for writing, and as many for reading."""
    time_zone: str = "Asia/Shanghai"
    """The zone of answers, of days in queries and of the days in case numbers."""
    policy_file: Path | None = None
    """TOML with what a record owes and until when; without it the built-in policy holds."""
    hidden_places: str = HIDDEN_BY_DEFAULT
    """Of which animals the place is told on a grid alone, but to their stations and those above:
    classes of protection, species (species:ID), unidentified; or none."""
    key_file: Path | None = None
    """The 32-byte key that informants are encrypted with; default: made in the data folder."""
    checkpoint_key_file: Path | None = None
    """The 32-byte key that checkpoints are signed with; default: made in the data folder."""
    checkpoint_name: str | None = None
    """What the log of all entries is called in checkpoints, like wildlife.example/log; without it
    it has a name of its own that stays."""
    checkpoint_dir: Path | None = None
    """A folder outside that takes a file with each checkpoint, which is never changed again."""
    checkpoint_s: _Seconds = 3600
    """How often a checkpoint is signed where entries came."""
    ledger_open: bool = False
    """Whether anybody may read the last checkpoint and the hashes of the tree, which tell how many
    entries there are, and nothing else."""
    future_tolerance_s: Annotated[int, msgspec.Meta(ge=0, le=_DAY_S)] = 600
    """How far a phone's clock may be ahead before a time counts as in the future."""
    body_limit_bytes: Annotated[int, msgspec.Meta(ge=10_000, le=100_000_000)] = 1_000_000
    """The largest JSON body."""
    account_requests_per_minute: Annotated[int, msgspec.Meta(ge=60, le=1_000_000)] = 6000
    """How many requests one account may send, all at once or one after the other; parts of uploads
    do not count."""
    address_refusals_per_minute: Annotated[int, msgspec.Meta(ge=60, le=1_000_000)] = 1200
    """How many requests of who is not signed in are refused at one address before they have to
    wait."""
    photo_limit_bytes: Annotated[int, msgspec.Meta(ge=10_000, le=4_000_000_000)] = 64 * 1024 * 1024
    media_url: str | None = None
    """Where photos are kept: s3://bucket/prefix; without it in the data folder."""
    upload_quota_bytes: Annotated[int, msgspec.Meta(ge=10_000, le=1_000_000_000_000)] = (
        2_147_483_648
    )
    """How large one account's unfinished uploads may be together."""
    upload_expiry_s: _Seconds = 7 * 24 * 3600
    """How long an unfinished upload is kept after its last byte."""
    rendering_memory_bytes: Annotated[int, msgspec.Meta(ge=100_000_000, le=1_000_000_000_000)] = (
        2_000_000_000
    )
    """What a process that decodes photos may take; beyond it the photo has no renditions."""
    rendering_limit_pixels: Annotated[int, msgspec.Meta(ge=1_000_000, le=10_000_000_000)] = (
        100_000_000
    )
    """Width times height beyond which a photo is kept and not shown; a JPEG always is."""
    access_token_s: _Seconds = 3600
    refresh_token_s: _Seconds = 30 * 24 * 3600
    """How long a session lasts that is not gone on with, on an enrolled device."""
    desk_refresh_token_s: _Seconds = 12 * 3600
    """The same of a session on no device: a desk, where others sit, too."""
    feed_s: _Seconds = 365 * _DAY_S
    """How long the address of a feed holds, which spreadsheets fetch again and again."""
    export_s: _Seconds = _DAY_S
    """How long the file of an export is kept that was made in the background."""
    oidc_issuer: str | None = None
    """The identity provider by which officials sign in (OpenID Connect): its issuer, as its
    discovery says it. Without it there is none."""
    oidc_client_id: str | None = None
    """What this service is called there."""
    oidc_client_secret: str | None = None
    """What this service shows there."""
    oidc_redirect_url: str | None = None
    """The page to which the provider sends the browser back, as it is registered there. It has the
    address of this service, so that the cookie of the sign-in goes with what it sends."""
    oidc_roles: str | None = None
    """What roles at the provider are here: value=official@UNIT, value=official+roads@UNIT,
    value=auditor; with commas between them."""
    oidc_role_claim: str = "roles"
    """The claim of the ID token that has the roles; realm_access.roles: one within another."""
    oidc_badge_claim: str = "preferred_username"
    """The claim that has the badge."""
    oidc_scopes: str = "openid profile"
    """What is asked for, with spaces between them."""
    oidc_ca_file: Path | None = None
    """PEM of the authority by whose certificates the provider is known; without it those of the
    system."""
    oidc_session_s: _Seconds = 12 * 3600
    """How long a session lasts that began at the provider, however much it is gone on with: then
    the provider is asked again."""
    webhook_networks: str | None = None
    """Private networks to which what is new may be sent: addresses and networks, separated by
    commas. Without it none, and this machine neither."""
    smtp_url: str | None = None
    """The server that takes mail: smtps://mail.example.cn or smtp://user:password@host:587; without
    it nobody is told of anything by mail."""
    mail_from: str | None = None
    """The address that mail is from."""
    mail_domains: str | None = None
    """Whose addresses may get mail: what stands behind the @, separated by commas."""
    log_file: Path | None = None
    """Where the log goes, one JSON line a request; default: standard output."""
    language: Literal["en", "zh"] | None = None
    """What commands say, and what stops a start; without it as the terminal does. A container's is
    nobody's. Answers are in the language that each client asks for. (`wildlife.words.speaking`)"""
    demo: bool = False
    """Lets the demo's public password sign in; the demo listens on loopback only."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def trusted_proxies(self) -> Sequence[IPv4Network | IPv6Network]:
        """Raises ValueError with a sentence where one is none."""
        return read_networks(f"{PREFIX}TRUSTED_PROXY", self.trusted_proxy)

    @property
    def provider(self) -> ProviderSettings | None:
        """Raises ValueError with a sentence where it is not set up as it must be."""
        given = {
            name.removeprefix("oidc_"): value
            for name, value in msgspec.structs.asdict(self).items()
            if name.startswith("oidc_")
        }
        if all(given[name] is None for name in NEEDED):
            return None
        return read_provider(given, prefix=OIDC, demo=self.demo)

    @property
    def reachable_networks(self) -> Sequence[IPv4Network | IPv6Network]:
        """Raises ValueError with a sentence where one is none."""
        return read_networks(f"{PREFIX}WEBHOOK_NETWORKS", self.webhook_networks)

    @property
    def mail_server(self) -> MailServer | None:
        """Raises ValueError with a sentence where it is not set up as it must be."""
        return read_mail(PREFIX, self.smtp_url, self.mail_from, self.mail_domains)

    @property
    def is_on_loopback(self) -> bool:
        """Whether nobody but this machine reaches the service."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def media_dir(self) -> Path:
        return self.data_dir / MEDIA

    @property
    def database_dir(self) -> Path:
        return self.data_dir / DATABASE

    @property
    def verified_mark(self) -> Path:
        """Written at the end of each `wildlife verify`, with how many flaws it found."""
        return self.data_dir / VERIFIED_MARK

    @property
    def backup_mark(self) -> Path:
        """Touched at the end of each backup, by whoever makes it."""
        return self.data_dir / BACKUP_MARK

    @property
    def restore_mark(self) -> Path:
        """There from the beginning of a restore until all of it is there; no service starts."""
        return self.data_dir / RESTORE_MARK

    @property
    def serving_lock(self) -> Path:
        """Locked by the service that works on this folder for as long as it lives."""
        return self.data_dir / SERVING_LOCK

    @property
    def key_path(self) -> Path:
        return self.key_file or self.data_dir / KEY

    @property
    def checkpoint_key_path(self) -> Path:
        return self.checkpoint_key_file or self.data_dir / CHECKPOINT_KEY


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environment` gives.

    A variable that is set to nothing counts as not given. Raises ValueError with a sentence that
    names the variable and what is wrong with it; also where it is right by itself, and together
    they would let in who is not meant.
    """
    environment = with_secrets(environment, SECRET)
    known = {PREFIX + field.name.upper(): field.name for field in msgspec.structs.fields(Settings)}
    _refuse_unknown(environment, known)
    given = {
        known[name]: value for name, value in environment.items() if name in known and value != ""
    }
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_decode_path)
    except msgspec.ValidationError as error:
        field = str(error).partition(" - at `$.")[2].rstrip("`")
        name = PREFIX + field.upper()
        given_ = f"{name}={environment.get(name)!r}"
        wanted = _wanted(field)
        raise ValueError(said(f"{given_}: {wanted}", f"{given_}：{wanted}")) from None
    if any(one.prefixlen < _EVERYBODYS[one.version] for one in settings.trusted_proxies):
        raise ValueError(
            said(
                f"{PREFIX}TRUSTED_PROXY={settings.trusted_proxy!r}: everybody is in such a network,"
                " and could say that they come from anywhere; name the proxy itself, like 10.0.0.5",
                f"{PREFIX}TRUSTED_PROXY={settings.trusted_proxy!r}：网段过大，任何人都在其中，可以"
                "冒充任何地址；请写明代理本身的地址，如 10.0.0.5",
            )
        )
    if settings.demo and not settings.is_on_loopback:
        raise ValueError(
            said(
                f"{PREFIX}DEMO=true with {PREFIX}HOST={settings.host}: whoever reaches this machine"
                f" could sign in with a public password. Take {PREFIX}DEMO away, or listen on"
                " 127.0.0.1 alone.",
                f"{PREFIX}DEMO=true 且 {PREFIX}HOST={settings.host}：能连到本机的人都可以用公开的"
                f"演示密码登录。请去掉 {PREFIX}DEMO，或只监听 127.0.0.1。",
            )
        )
    if settings.cors_origins is not None:
        origins = ", ".join(
            _origin(one, settings.cors_origins) for one in settings.cors_origins.split(",")
        )
        settings = msgspec.structs.replace(settings, cors_origins=origins)
    if settings.read_database_url is not None and settings.database_url is None:
        raise ValueError(
            said(
                f"{PREFIX}READ_DATABASE_URL without {PREFIX}DATABASE_URL: a private PostgreSQL has"
                " no replica. Name the primary, too, or take this away.",
                f"设置了 {PREFIX}READ_DATABASE_URL，却没有 {PREFIX}DATABASE_URL：专用 PostgreSQL"
                " 没有备库。请同时写明主库，或去掉此项。",
            )
        )
    if settings.checkpoint_name is not None and not LOG_NAME.fullmatch(settings.checkpoint_name):
        raise ValueError(
            said(
                f"{PREFIX}CHECKPOINT_NAME={settings.checkpoint_name!r}: a name has no space and no"
                " plus sign, like wildlife.example/log",
                f"{PREFIX}CHECKPOINT_NAME={settings.checkpoint_name!r}：名称中不能有空格和加号，"
                "写法如 wildlife.example/log",
            )
        )
    try:
        read_hidden_places(settings.hidden_places)
    except ValueError as error:
        given_ = f"{PREFIX}HIDDEN_PLACES={settings.hidden_places!r}"
        raise ValueError(said(f"{given_}: {error}", f"{given_}：{error}")) from None
    _ = settings.provider, settings.reachable_networks, settings.mail_server
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            said(
                f"{PREFIX}TIME_ZONE={settings.time_zone!r}: no time zone; write it like"
                " Asia/Shanghai",
                f"{PREFIX}TIME_ZONE={settings.time_zone!r}：没有这个时区；写法如 Asia/Shanghai",
            )
        ) from None
    return settings


def to_environment(settings: Settings) -> dict[str, str]:
    """The variables from which `read_settings` makes these settings again (for a worker)."""
    return {
        PREFIX + name.upper(): str(value)
        for name, value in msgspec.structs.asdict(settings).items()
        if value is not None
    }


def _refuse_unknown(environment: Mapping[str, str], known: Collection[str]) -> None:
    """A misspelt variable must not be answered by a default: an empty database, a new key."""
    for name, value in environment.items():
        if not name.upper().startswith(PREFIX) or name in known or value == "":
            continue
        if name in _RETIRED:
            instead = _RETIRED[name]
            raise ValueError(
                said(
                    f"{name} is not read any more: {instead.en}", f"{name} 已不再使用：{instead.zh}"
                )
            )
        near = get_close_matches(
            name.upper().removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], n=1
        )
        if near:
            raise ValueError(
                said(
                    f"There is no setting {name}; did you mean {PREFIX}{near[0]}?",
                    f"没有 {name} 这项设置；是否想写 {PREFIX}{near[0]}？",
                )
            )
        raise ValueError(
            said(
                f"There is no setting {name}; there are {', '.join(known)}.",
                f"没有 {name} 这项设置；可用的有 {'、'.join(known)}。",
            )
        )


def _wanted(name: str) -> str:
    """What would be right for a field that is not right, in words for a person."""
    [field] = [one for one in inspect.type_info(Settings).fields if one.name == name]  # type: ignore[attr-defined]
    match field.type:
        case inspect.IntType(ge=least, le=most):
            return said(
                f"write a whole number from {least} to {most}, like {field.default}",
                f"请写 {least} 到 {most} 的整数，如 {field.default}",
            )
        case inspect.UnionType(types=[inspect.LiteralType(values=words), *_]):
            return said(
                f"write {' or '.join(map(str, words))}", f"请写 {' 或 '.join(map(str, words))}"
            )
        case _:
            return said("write true or false", "请写 true 或 false")


def _origin(given: str, every: str) -> str:
    """As browsers write it, who send no default port, and no capitals (RFC 6454, 6.2)."""
    try:
        if not re.fullmatch(r"https?://[^\s/*?#@]+", given.strip(), re.IGNORECASE):
            raise ValueError
        parts = urlsplit(given.strip())
        host, port = parts.hostname, parts.port
        if not host or port == 0:
            raise ValueError
        name = f"[{IPv6Address(host)}]" if ":" in host else host.encode("idna").decode()
    except ValueError:
        raise ValueError(
            said(
                f"{PREFIX}CORS_ORIGINS={every!r}: {given.strip()!r} is no origin; write each like"
                " https://app.example.cn, without a path",
                f"{PREFIX}CORS_ORIGINS={every!r}：{given.strip()!r} 不是来源；每项写法如"
                " https://app.example.cn，不带路径",
            )
        ) from None
    is_default = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}" + ("" if is_default else f":{port}")


def _decode_path(type_: type, value: object) -> object:
    if type_ is Path:
        return Path(str(value))
    raise NotImplementedError(type_)
