"""The demo: a registry of made-up households in several places, with one user for each role."""

from __future__ import annotations

from bangfu import Rulebook, clock, household_from
from bangfu.generate import generated_households
from bangfu_office.registry import ROLE_LABELS, Attribution, Registry, Role, Source, User, add_user, assess

REGIONS = ("522723102201", "522723103202", "620102001001", "450102003004", "610625101201", "340123104105")
HOUSEHOLDS = 300
_ASSESSED = 120
_USERS = (
    User("village", Role.ASSISTANT, "522723102"),
    User("township", Role.CASEWORKER, "522723"),
    User("county", Role.REVIEWER, ""),
    User("education", Role.OFFICER, "", "education"),
    User("audit", Role.AUDITOR, ""),
    User("admin", Role.ADMINISTRATOR, ""),
)


def logins_of(password: str) -> tuple[tuple[str, str, str], ...]:
    """Return name, password and role of the demo's users."""
    return tuple((user.name, password, ROLE_LABELS[user.role]) for user in _USERS)


def make_demo(path: str, password: str) -> None:
    """Fill a new registry at a path; its users have the password."""
    rulebook = Rulebook.load()
    today = clock.today()
    drawn = generated_households(HOUSEHOLDS, seed=8420, regions=REGIONS, on=today)
    with Registry.open(path, catalog=rulebook.catalog, key="") as registry:
        with registry.work(Attribution("demo", Source.DECLARED)) as work:
            numbers = [work.add(household_from(data, on=today, catalog=rulebook.catalog)) for data in drawn]
            for user in _USERS:
                add_user(work, user, password)
        with registry.work(Attribution("county", Source.DECLARED)) as work:
            for number in numbers[:_ASSESSED]:
                assess(work, number, rulebook, today)
