"""The web desk over made-up households of two counties, with a user for every role, for all tests of its pages.

A test module asks for these fixtures by ``pytest_plugins = ["web_desk"]``. PYTEST_DONT_REWRITE: it may import
names from here before pytest reads that line.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from attrs import frozen
from litestar import Litestar
from litestar.testing import TestClient

from bangfu import Rulebook, household_from
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user, find_user
from bangfu_web import Settings, create_app
from posted_forms import Forms

GUIDING, LANZHOU = "522723102201", "620102001001"
PASSWORD = "a password made up for tests"  # noqa: S105 - as it says
ON = date(2026, 3, 1)
"""The day for which the figures in the tests are worked out."""

FAMILY, SINGLE, OTHERS = f"{GUIDING}-000001", f"{GUIDING}-000002", f"{LANZHOU}-000003"
"""The households: a couple with a daughter at school and a man alone in Guiding; a couple in Lanzhou."""

POLICY = """
[pack]
region = "000000"
name = "试点"
source = "试点办法"

[parameters]
"dibao.standard.rural" = { value = 5400, per = "year", source = "试点办法第一条" }
"dibao.standard.urban" = { value = 610, per = "month", source = "试点办法第一条" }
"disposable_income.rural" = { value = 12000, per = "year", source = "试点办法第二条" }
"disposable_income.urban" = { value = 30000, per = "year", source = "试点办法第二条" }
"rigid.share" = { value = 0.6, source = "试点办法第三条" }
"medical.premium.dibao" = { value = 200, source = "试点办法第四条" }
"medical.premium.dibao_single" = { value = 200, source = "试点办法第四条" }
"medical.premium.tekun" = { value = 400, source = "试点办法第四条" }
"housing.renovation.C" = { value = 5000, source = "试点办法第五条" }
"housing.renovation.D" = { value = 25000, source = "试点办法第五条" }
"""
"""Made-up amounts, so that categories can be determined."""


def id_number(county: str, born: str, order: int) -> str:
    """Return an ID number that nobody has, with the right check character (MOD 11-2); odd orders are men's."""
    first = f"{county[:6]}{born.replace('-', '')}{order:03}"
    weighted = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(first))
    return first + "10X98765432"[weighted % 11]


def person(relation: str, name: str, born: str, order: int, county: str = GUIDING, **facts: Any) -> dict[str, Any]:
    """Return a made-up person without income unless one is given."""
    return {"relation": relation, "name": name, "id_number": id_number(county, born, order), "incomes": [], **facts}


def wage(amount: int) -> list[Mapping[str, Any]]:
    """Return the incomes of somebody with this wage a month."""
    return [{"kind": "wage", "amount": amount, "per": "month"}]


HOUSEHOLDS: Mapping[str, Mapping[str, Any]] = {
    FAMILY: {
        "region": GUIDING,
        "residence": "rural",
        "registered_poor": True,
        "assets_within_limits": True,
        "expenses": [],
        "dwelling_only": True,
        "renovated_before": False,
        "members": [
            person("head", "石大山", "1980-03-15", 1, employment="employed", insured=True, incomes=wage(600)),
            person("spouse", "韦春梅", "1982-02-28", 2, employment="farming", insured=True),
            person(
                "child",
                "石小岩",
                "2010-05-01",
                4,
                school_stage="senior_secondary",
                school_year=1,
                boarding=True,
                insured=False,
            ),
        ],
    },
    SINGLE: {
        "region": GUIDING,
        "residence": "rural",
        "assets_within_limits": True,
        "expenses": [],
        "members": [
            person("head", "莫长林", "1990-09-09", 3, employment="employed", insured=True, incomes=wage(3000)),
        ],
    },
    OTHERS: {
        "region": LANZHOU,
        "residence": "urban",
        "members": [
            person("head", "马建国", "1975-01-02", 1, LANZHOU, employment="unemployed", incomes=wage(800)),
            {"relation": "spouse", "name": "杨秀兰", "id_number": id_number(LANZHOU, "1977-11-20", 2)},
        ],
    },
}


@frozen
class Visitor:
    """A browser in which somebody is signed in; redirects are not followed."""

    client: TestClient[Litestar]
    csrf: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        return self.client.get(path, headers=headers, follow_redirects=False)

    def fields(self, page: str, action: str, **those: str) -> dict[str, str]:
        """Return the fields of the form on a page that is sent to an address, and has fields like ``those``."""
        forms = [fields for sent_to, fields, _ in Forms(self.get(page).text).found if sent_to == action]
        return next(fields for fields in forms if those.items() <= fields.items())

    def send(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> httpx.Response:
        """Send a form of ours, with its token."""
        data = {"_csrf": self.csrf, "_once": secrets.token_hex(8), **(form or {})}
        return self.client.post(path, data=data, headers=headers, follow_redirects=False)

    def look(self, *numbers: str) -> Self:
        """Press the button that shows names and ID numbers of households; return the same visitor."""
        for number in numbers:
            assert self.send(f"/households/{number}/reveal").status_code == 303
        return self


def declared(app: Litestar) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of an application."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if "may" in handler.opt:
                path = "/".join(part.split(":")[0] + "}" if ":" in part else part for part in route.path.split("/"))
                yield from ((method, path) for method in handler.http_methods if method != "OPTIONS")


@pytest.fixture(scope="session")
def web_rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Return the rulebook of the installed programmes with the made-up amounts."""
    pack = tmp_path_factory.mktemp("policy") / "trial.toml"
    pack.write_text(POLICY, encoding="utf-8")
    return Rulebook.load([pack])


@pytest.fixture(scope="session")
def filled_registry(tmp_path_factory: pytest.TempPathFactory, web_rulebook: Rulebook) -> Path:
    """Return a registry's file with the households, and a user for every role who may work everywhere."""
    path = tmp_path_factory.mktemp("registry") / "registry.db"
    with Registry.open(str(path), catalog=web_rulebook.catalog, key="") as registry:
        with registry.work(Attribution("王办事员", on=ON)) as work:
            for number, data in HOUSEHOLDS.items():
                work.add(household_from(data, on=ON, catalog=web_rulebook.catalog), number)
            for role in Role:
                add_user(work, _user(role, "", "education" if role is Role.OFFICER else None), PASSWORD)
        registry.database.engine.dispose()
    return path


@pytest.fixture
def web_registry(filled_registry: Path, tmp_path: Path, web_rulebook: Rulebook) -> Iterator[Registry]:
    """Yield a registry of its own for each test; its journal must be sound in the end."""
    path = tmp_path / "registry.db"
    shutil.copy(filled_registry, path)
    with Registry.open(str(path), catalog=web_rulebook.catalog, key="") as registry:
        yield registry
        registry.verify()


@pytest.fixture
def desk_app(web_registry: Registry, web_rulebook: Rulebook) -> Litestar:
    """Return the desk as an application."""
    return create_app(web_registry, web_rulebook, Settings(second_factor=frozenset()))


@pytest.fixture
def client_as(desk_app: Litestar, web_registry: Registry) -> Callable[..., Visitor]:
    """Return a function that signs somebody in: ``client_as(role, region="", programme=None)``.

    Users who are not there yet are added; an officer is of the education office unless told otherwise.
    """

    def signed_in(role: Role, region: str = "", programme: str | None = None) -> Visitor:
        if role is Role.OFFICER:
            programme = programme or "education"
        user = _user(role, region, programme)
        with web_registry.database.reading() as connection:
            known = find_user(connection, user.name)
        if known is None:
            with web_registry.work(Attribution("管理员")) as work:
                add_user(work, user, PASSWORD)
        return signed_in_at(desk_app, user.name)

    return signed_in


def signed_in_at(app: Litestar, name: str) -> Visitor:
    """Return a browser in which a user of a desk is signed in."""
    # Not entered as a context: that would start the application, and two clients would start it twice.
    client = TestClient(app)
    answer = client.post("/login", data={"name": name, "password": PASSWORD}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    token = re.search(r'name="_csrf" value="([^"]+)"', client.get("/households").text)
    assert token
    return Visitor(client, token[1])


def _user(role: Role, region: str, programme: str | None) -> User:
    name = "-".join(filter(None, [role.value, region, None if programme == "education" else programme]))
    return User(name, role, region, programme)
