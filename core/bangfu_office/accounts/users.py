"""Users: added, changed, let in anew, stopped and let in again by an administrator, in the administrator's region.

An administrator chooses nobody's password: a first one is made, told once, and changed by its user. What came with a
form (``sent``) is done once; an operator at the machine (``Actor.operator``) sends none.

Every change raises ``FormError``, with nothing done, where it is not to be had, or somebody else changed the user
meanwhile; and ``NotThereError`` where there is no such user, as also of the administrator in person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import asdict, frozen

from bangfu import clock
from bangfu.messages import _
from bangfu_office.access import Action, Actor, FormError, NotThereError, Office, once
from bangfu_office.accounts import tokens
from bangfu_office.registry import DatabaseUnusableError, RegistryError, Work
from bangfu_office.registry import users as registered
from bangfu_office.registry.passwords import Hashed, hashed
from bangfu_office.registry.second_factor import reset_factor
from bangfu_office.registry.users import Role, User
from bangfu_office.sessions.security_log import note

_NATION = "000000"
Sent = Mapping[str, str] | None


@frozen
class Whom:
    """Which user is meant: the name, how the user was ``seen`` (``User.seen``; None: not at all), and the form."""

    name: str
    seen: str | None = None
    sent: Sent = None


@frozen
class Rights:
    """What a user may and where; None: as before."""

    role: str | None
    region: str | None
    programme: str | None


def users_of(actor: Actor) -> list[User]:
    """Return the users of the administrator's region by name."""
    actor.must(Action.USERS)
    with actor.office.registry.database.reading() as connection:
        return [user for user in registered.all_users(connection) if actor.user.covers(user.region)]


def regions_of_work(office: Office) -> list[str]:
    """Return the regions that users work in, each once; not that of those who work everywhere."""
    with office.registry.database.reading() as connection:
        return sorted({user.region for user in registered.all_users(connection)} - {""})


def programmes(office: Office) -> dict[str, str]:
    """Return the programmes an officer can be of: those of the whole country and of all policy packs."""
    rulebook, today = office.rulebook, clock.today()
    regions = dict.fromkeys([_NATION, *(pack.region for pack in rulebook.packs)])
    return {p.code: p.name for region in regions for p in rulebook.rules(region, today).programmes}


def add(actor: Actor, whom: Whom, rights: Rights, *, own: str | None = None) -> str:
    """Add a user with a first password, and return it, or nothing where the same form came before.

    ``own`` is a password that the user chose.
    """
    _must_give(actor, rights)
    user = User(whom.name, Role(rights.role or ""), rights.region or "", rights.programme or None)
    password, kept = _made(whom, own)
    done = write_once(actor, whom.sent, lambda work: registered.add_user(work, user, kept, first=own is None))
    return password if done else ""


def change(actor: Actor, whom: Whom, rights: Rights) -> None:
    """Give somebody else another role, region or programme; he or she has to sign in anew."""
    _must_give(actor, rights)
    given = asdict(rights) | {"role": None if rights.role is None else Role(rights.role)}
    _change(actor, whom, lambda work: registered.change_user(work, whom.name, **given))
    end_access(actor, whom.name)


def give_password(actor: Actor, whom: Whom, *, own: str | None = None) -> str:
    """Give somebody else a first password, and sign him or her out everywhere; returns and ``own`` as in ``add``."""
    actor.must(Action.USERS)
    password, kept = _made(whom, own)
    if not _change(actor, whom, lambda work: registered.change_password(work, whom.name, kept, first=own is None)):
        return ""
    end_access(actor, whom.name)
    return password


def forget_factor(actor: Actor, whom: Whom) -> None:
    """Take somebody else's second factor away, as when the device is lost; he or she is out at once."""
    _change(actor, whom, lambda work: reset_factor(work, whom.name))
    if not actor.operator:
        actor.office.sessions.end_all(whom.name)
    note("second factor: taken away", user=whom.name, address=actor.client.address)


def disable(actor: Actor, whom: Whom, *, disabled: bool = True) -> None:
    """Let somebody else sign in no more, or again; he or she is out at once."""
    _change(actor, whom, lambda work: registered.disable_user(work, whom.name, disabled=disabled))
    end_access(actor, whom.name)


def end_access(actor: Actor, name: str) -> None:
    """Sign somebody out everywhere and take the tokens back; both would be refused anyway once the stamp changed."""
    if not actor.operator:
        actor.office.sessions.end_all(name)
        tokens.revoke(actor, name)


def write_once(actor: Actor, sent: Sent, step: Callable[[Work], None]) -> bool:
    """Write into the registry, once for a form; return whether it was done now, and not before."""
    done: list[str] = []

    def write() -> str:
        step(work)
        done.append("")
        return ""

    try:
        with actor.office.registry.work(actor.attribution()) as work:
            once(actor, work, sent, write) if sent else write()
    except DatabaseUnusableError:
        raise
    except RegistryError as error:
        raise FormError({"": error.text}) from None
    return bool(done)


def _must_give(actor: Actor, rights: Rights) -> None:
    """Make sure that an administrator of this region can give a role, region and programme."""
    actor.must(Action.USERS)
    wrong = {}
    if rights.role is not None and rights.role not in set(Role):
        wrong["role"] = _("请选择角色")
    if rights.region is not None and not actor.user.covers(rights.region):
        wrong["region"] = _("应在您所管的地区（{region}）内", region=actor.user.region)
    # An operator's rules can be without the packs that the desk has.
    if rights.programme and not actor.operator and rights.programme not in programmes(actor.office):
        wrong["programme"] = _("没有这个项目")
    if wrong:
        raise FormError(wrong)


def _made(whom: Whom, own: str | None) -> tuple[str, Hashed]:
    """Return a first password, or the user's own, and how it is kept."""
    password = registered.first_password() if own is None else own
    return password, hashed(password, whom.name)


def _change(actor: Actor, whom: Whom, step: Callable[[Work], None]) -> bool:
    """Change a user of the region, not the administrator in person, who is still as seen; as ``write_once``."""
    actor.must(Action.USERS)

    def checked(work: Work) -> None:
        found = registered.find_user(work.connection, whom.name)
        # An operator may name any, and is told by the step of one that there is not.
        if not actor.operator and (not found or found.name == actor.user.name or not actor.user.covers(found.region)):
            raise NotThereError(_("没有这个用户，或不在您所管的地区"))
        if whom.seen is not None:
            registered.must_be_as_seen(work, whom.name, whom.seen)
        step(work)

    return write_once(actor, whom.sent, checked)
