"""Tokens for machines: a long random word that stands for a user on ``/api``, until a day, until revoked.

Of the word only a hash is stored, beside the sessions; it is shown once, when it is made. A token may what its
user may, where the user may; it opens no page, and makes no further tokens. It is over after its last day, and when
the user's password or rights change (``User.stamp``).
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from attrs import frozen
from sqlalchemy import Column, Connection, Index, Row, String, Table, delete, insert, select, update

from bangfu import clock
from bangfu.facts import Text
from bangfu.files import Wrong, describe, read_day, read_scalar
from bangfu.messages import _
from bangfu_office.access import Action, Actor, Client, FormError, NotThereError, Office
from bangfu_office.accounts.signing_in import enabled_user, prove, too_many_tries
from bangfu_office.registry.journal import Operation, Part, words
from bangfu_office.registry.users import User, find_user
from bangfu_office.sessions.own_tables import METADATA, hash_of, writing_alone
from bangfu_office.sessions.rate_limits import TOKEN, TooManyRequestsError
from bangfu_office.sessions.security_log import note

LONGEST = timedelta(days=365)
_USUAL = timedelta(days=90)
MOST = 20
"""Tokens of one user at a time."""

_WHAT = Part("what", _("内容"), words({"made": _("签发"), "revoked": _("撤销")}))
OPERATIONS = (Operation("token", _("机器令牌"), (Part("name", _("用户")), Part("token", _("令牌")), _WHAT)),)

_LONGEST_NAME = 100

_PREFIX = "bangfu_"
"""What every token begins with, so that tools that look for leaked secrets find one."""

_USED_EVERY = timedelta(minutes=10)
"""How exactly it is noted when a token was last used."""


def _tell_apart(connection: Connection) -> None:
    """Give tokens of one user and name, which earlier versions let happen, names of their own; the oldest keeps its."""
    seen: set[tuple[str, str]] = set()
    for row in connection.execute(select(_tokens).order_by(_tokens.c.made_at)).all():
        if (row.user, row.name) in seen:
            own = f"{row.name[: _LONGEST_NAME - len(row.id) - 3]} ({row.id})"
            connection.execute(update(_tokens).where(_tokens.c.id == row.id).values(name=own))
        seen.add((row.user, row.name))


_tokens = Table(
    "web_tokens",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("user", String(100), nullable=False, index=True),
    Column("name", String(_LONGEST_NAME), nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("ends_on", String(10), nullable=False),
    Column("used_at", String(32)),
    Column("stamp", String(64), nullable=False, server_default=""),
    Index("uq_web_tokens_user_name", "user", "name", unique=True),
    info={"before_index": _tell_apart},
)


@frozen
class Token:
    """What is known of a token: everything but the word itself. ``ends_on`` is its last day."""

    id: str
    user: str
    name: str
    made_at: str
    ends_on: date
    used_at: str | None
    stamp: str

    @property
    def over(self) -> bool:
        """Whether its last day has passed."""
        return self.ends_on < clock.today()


def days() -> tuple[date, date, date]:
    """Return the first day that a token can end on, the usual one, and the last."""
    today = clock.today()
    return today, today + _USUAL, today + LONGEST


def own_tokens(actor: Actor) -> list[Token]:
    """Return the actor's tokens, the newest first; those that are over stay until they are revoked."""
    actor.must(Action.SIGNED_IN)
    return of_user(actor.office, actor.user.name)


def issue_own(actor: Actor, name: str, ends_on: str, password: str) -> str:
    """Make a token of the actor and return its word, which nobody can see again.

    Raises:
        FormError: as by ``issue``; or the password is wrong, or too many were.
    """
    actor.own_session(Action.SIGNED_IN)
    named, _last = _checked(name, ends_on)
    _must_have_room(own_tokens(actor), named)
    # A token lasts longer than a session: whoever sits down at somebody's desk is to take none along.
    prove(actor, password, "token")
    word = issue(actor.office, actor.user.name, name, ends_on)
    _journal(actor, actor.user.name, named, "made")
    return word


def revoke_own(actor: Actor, key: str) -> None:
    """Take a token of the actor back; whoever still has it is refused from now on.

    Raises:
        NotThereError: the actor has none of this id.
    """
    actor.must(Action.SIGNED_IN)
    if not revoke(actor, actor.user.name, key):
        raise NotThereError


def revoke(actor: Actor, user: str, key: str | None = None) -> int:
    """Take a token of a user back, or all, write that into the journal, and return how many they were."""
    which = [_tokens.c.user == user, *([] if key is None else [_tokens.c.id == key])]
    with actor.office.sessions.database.writing() as connection:
        names = connection.execute(select(_tokens.c.name).where(*which)).scalars().all()
        connection.execute(delete(_tokens).where(*which))
    for name in names:
        _journal(actor, user, name, "revoked")
    return len(names)


def _journal(actor: Actor, user: str, token: str, what: str) -> None:
    with actor.office.registry.work(actor.attribution()) as work:
        work.note("token", None, new={"name": user, "token": token, "what": what})


def issue(office: Office, user: str, name: str, ends_on: str) -> str:
    """Make a token of a user and return its word.

    Raises:
        FormError: the name is empty or taken, the day is none or more than a year away, there are too many.
    """
    named, day = _checked(name, ends_on)
    with office.registry.database.reading() as connection:
        found = find_user(connection, user)
    word = _PREFIX + secrets.token_urlsafe(32)
    row = {"id": secrets.token_hex(8), "hash": hash_of(word), "user": user, "name": named, "ends_on": day.isoformat()}
    row |= {"made_at": clock.stored(clock.now()), "stamp": found.stamp if found else ""}
    with writing_alone(office.sessions.database, _tokens) as connection:
        _must_have_room(_of_user(connection, user), named)
        connection.execute(insert(_tokens).values(**row))
    return word


def _must_have_room(known: list[Token], named: str) -> None:
    if any(token.name == named for token in known):
        raise FormError({"name": Wrong(_("已有同名的令牌"), _("另一个名称")).said})
    if len(known) >= MOST:
        found = _("已有 {n} 个令牌", n=len(known))
        raise FormError({"name": Wrong(found, _("至多 {most} 个；请先撤销不用的", most=MOST)).said})


def _checked(name: str, ends_on: str) -> tuple[str, date]:
    wrong: dict[str, str] = {}
    named, day, (today, _usual, last) = name.strip(), clock.today(), days()
    try:
        read_scalar(Text(), named)
    except Wrong as error:
        wrong["name"] = error.said
    if not named:
        wrong["name"] = Wrong(_("没有写"), _("令牌的名称，如用它的程序")).said
    try:
        day = read_day(ends_on)
    except Wrong as error:
        wrong["ends_on"] = error.said
    if not today <= day <= last:
        wrong["ends_on"] = Wrong(describe(day), _("{today} 至 {last} 的日期", today=today, last=last)).said
    if wrong:
        raise FormError(wrong)
    return named, day


def of_user(office: Office, user: str) -> list[Token]:
    """Return a user's tokens, the newest first."""
    with office.sessions.database.reading() as connection:
        return _of_user(connection, user)


def _of_user(connection: Connection, user: str) -> list[Token]:
    query = select(_tokens).where(_tokens.c.user == user).order_by(_tokens.c.made_at.desc())
    return [_token(row) for row in connection.execute(query)]


def user_of_token(office: Office, client: Client, word: str) -> User | None:
    """Return the user of a token, or None: it is none, or ended.

    Raises:
        TooManyRequestsError: wrong ones came from this address again and again; a right one never has to wait.
    """
    token = _find(office, word)
    user = enabled_user(office, token.user) if token else None
    if token and user and token.stamp == user.stamp:
        return user
    # Not the key of the sign-in: a machine with an old token must not lock the people beside it out.
    wait = office.throttle.wait(key := (TOKEN, f"token:{client.address}"))
    note("token: has to wait" if wait else "token: wrong", user=token.user if token else "", address=client.address)
    if wait:
        raise TooManyRequestsError(too_many_tries(wait), wait)
    office.throttle.failed(key)
    return None


def _find(office: Office, word: str) -> Token | None:
    """Return the token of a word, or None: unknown, revoked or over. Whoever asks minds its stamp."""
    now = clock.now()
    with office.sessions.database.reading() as connection:
        row = connection.execute(select(_tokens).where(_tokens.c.hash == hash_of(word))).first()
    if row is None or (token := _token(row)).over:
        return None
    if row.used_at is None or row.used_at < clock.stored(now - _USED_EVERY):
        office.sessions.database.note(update(_tokens).where(_tokens.c.id == row.id).values(used_at=clock.stored(now)))
    return token


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(row.id, row.user, row.name, row.made_at, date.fromisoformat(row.ends_on), row.used_at, row.stamp)
