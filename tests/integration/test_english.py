"""The desk in English: every page a role can see, read through; and no English among the Chinese."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from attrs import define, field, frozen
from litestar import Litestar
from litestar.testing import TestClient

import bangfu
from bangfu import Rulebook, clock, household_from
from bangfu.generate import generated_households
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.assessing import assess
from bangfu_office.registry.users import ROLE_LABELS, Role, User, add_user
from bangfu_web import Settings, create_app
from web_desk import FAMILY, GUIDING, HOUSEHOLDS, LANZHOU, PASSWORD, SINGLE

pytest_plugins = ["web_desk"]

WRITER, EVIDENCE, REASON = "王办事员", "工资单复印件", "本人来电说明"
REGIONS = (GUIDING, LANZHOU, "450102003004", "610625101201", "340123104105")
HAN = re.compile("[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z]{3,}")
CLAUSE = re.compile(r"[NS]\d{1,2} ?art\. ?[\d–]+")
LINK = re.compile(r'href="(/[^"#]*)')
_SHOWN = {"title", "aria-label", "placeholder", "alt", "label", "data-label"}
_NOT_TEXT = {"script", "style", "head", "code"}
_OF_A_KIND = 3
"""Pages of the same kind that are read: of households, facts, printed sheets."""


@define
class Reader(HTMLParser):
    """What a page shows: texts and labels, without clauses, codes and the button of the other language."""

    texts: list[str] = field(factory=list)
    language: str = ""
    _skipping: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what is read aloud or shown on hovering."""
        named = dict(attrs)
        self.language = named.get("lang") or "" if tag == "html" else self.language
        if self._skipping:
            self._skipping += [tag] if tag == self._skipping[0] else []
        elif tag in {"cite", *_NOT_TEXT} or named.get("name") == "language":
            self._skipping.append(tag)
        else:
            self.texts += [value for name, value in attrs if name in _SHOWN and value]

    def handle_endtag(self, tag: str) -> None:
        """Read on behind what was left out."""
        if self._skipping and tag == self._skipping[0]:
            self._skipping.pop()

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if not self._skipping and data.strip():
            self.texts.append(data.strip())


@frozen
class World:
    """A filled desk; ``own`` matches what people wrote and are called, and the clauses of the rules."""

    app: Litestar
    own: re.Pattern[str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, web_rulebook: Rulebook) -> Iterator[World]:
    """Yield a desk over the households of the other tests and some made-up ones, all assessed."""
    path = tmp_path_factory.mktemp("english") / "registry.db"
    with Registry.open(str(path), catalog=web_rulebook.catalog, key="") as registry:
        _fill(registry, web_rulebook)
        logins = tuple((role.value, PASSWORD, ROLE_LABELS[role]) for role in Role)
        app = create_app(registry, web_rulebook, Settings(demo=True, logins=logins))
        yield World(app, _own(registry, web_rulebook))
        registry.database.engine.dispose()


def _fill(registry: Registry, rulebook: Rulebook) -> None:
    today, catalog = clock.today(), rulebook.catalog
    drawn = generated_households(20, seed=84, regions=REGIONS, on=today)
    with registry.work(Attribution(WRITER, evidence=EVIDENCE, reason=REASON)) as work:
        numbers = [
            work.add(household_from(data, on=today, catalog=catalog), number) for number, data in HOUSEHOLDS.items()
        ]
        numbers += [work.add(household_from(data, on=today, catalog=catalog)) for data in drawn]
        for role in Role:
            add_user(work, User(role.value, role, "", "education" if role is Role.OFFICER else None), PASSWORD)
        work.recheck(SINGLE, today, "家庭人口增加")
    with registry.work(Attribution(WRITER)) as work:
        for number in HOUSEHOLDS:
            assess(work, number, rulebook, date(2022, 6, 1))
        for number in numbers:
            assess(work, number, rulebook, today)


def _own(registry: Registry, rulebook: Rulebook) -> re.Pattern[str]:
    """Return the pattern of what is not to be translated: names, also masked, free text, clauses, local packs."""
    people = [person for record in registry.records() for person in (*record.members, *record.former)]
    words = {str(person.facts["name"]) for person in people if "name" in person.facts} | {WRITER, EVIDENCE, REASON}
    words |= {pack.name for pack in rulebook.packs if pack.owner == "user"} | {"页面查看"}
    for region in REGIONS:
        rules = rulebook.rules(region, clock.today())
        words |= {entry.source for entry in rules.policy.entries.values()}
        words |= {bound.benefit.source for bound in rules.benefits}
    own = "|".join(map(re.escape, sorted(filter(None, words), key=len, reverse=True)))
    return re.compile(rf"{own}|.\*+")


@define
class Visitor:
    """Somebody signed in who asks for a language; reads every page that comes back."""

    world: World
    client: TestClient[Litestar]
    language: str
    csrf: str = ""
    found: Counter[tuple[str, str]] = field(factory=Counter)

    def get(self, path: str) -> str:
        """Ask for a page and read it."""
        return self.read(path, self.client.get(path, headers=self._headers()))

    def send(self, path: str, form: Mapping[str, str] | None = None, **more: object) -> str:
        """Send a form and read what comes back."""
        form = {"_csrf": self.csrf, "_once": secrets.token_hex(8), **(form or {})}
        return self.read(path, self.client.post(path, data=form, headers=self._headers(), **more))

    def read(self, path: str, answer: object) -> str:
        """Note every line that is in the other language."""
        if "text/html" not in answer.headers.get("content-type", ""):
            return ""
        assert answer.status_code < 500, path
        reader = Reader()
        reader.feed(answer.text)
        assert not answer.text.startswith("<!doctype") or reader.language == self.language
        for text in reader.texts:
            if self._foreign(text):
                self.found[path, text] += 1
        return answer.text

    def _foreign(self, text: str) -> bool:
        rest = re.sub("“[^”]*”", "", self.world.own.sub(" ", CLAUSE.sub(" ", text)))
        if self.language == "en":
            return HAN.search(re.sub("(家庭|成员|收入) row", "", rest)) is not None
        return LATIN.search(re.sub(r"[\w\[\]-]+\.[\w.-]+|[a-z_]+[（：]|" + "|".join(_CODES), "", rest)) is not None

    def _headers(self) -> dict[str, str]:
        return {"accept-language": self.language}

    def wander(self, *starts: str) -> None:
        """Follow every link, to some pages of each kind."""
        waiting, seen, kinds = list(starts), set(starts), Counter[str]()
        while waiting:
            path = waiting.pop(0)
            kind = re.sub(r"\d[\d-]*", "0", re.sub(r"/facts/.*", "/facts", path.split("?")[0]))
            kinds[kind] += 1
            if kinds[kind] > _OF_A_KIND:
                continue
            for link in map(unescape, LINK.findall(self.get(path))):
                if link not in seen and not link.startswith("/static"):
                    seen.add(link)
                    waiting.append(link)


_CODES = (
    *(role.value for role in Role), "education", "employment", "housing", "living", "medical", "bangfu",
    "PDF", "CSV", "WPS", "xlsx", "api", "true", "false", "members", "opened", "joined", "Excel", "TOTP",
)  # fmt: skip
"""Names of users and plugins, codes, and what Chinese calls by the same letters."""


@pytest.fixture(params=["en", "zh"])
def visitor(world: World, request: pytest.FixtureRequest) -> Iterator[Callable[[Role], Visitor]]:
    """Yield a function that signs somebody of a role in; what was read is all in one language."""
    made: list[Visitor] = []

    def signed_in(role: Role) -> Visitor:
        client = TestClient(world.app)
        made.append(Visitor(world, client, "en" if request.param == "en" else "zh-CN"))
        made[-1].get("/login")
        answer = client.post("/login", data={"name": role.value, "password": PASSWORD}, follow_redirects=False)
        assert answer.status_code == 303
        token = re.search(r'name="_csrf" value="([^"]+)"', made[-1].get("/account"))
        assert token
        made[-1].csrf = token[1]
        return made[-1]

    yield signed_in
    found = [f"{path}: {text}" for one in made for path, text in one.found]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", list(Role))
def test_every_page_a_role_can_reach(visitor: Callable[[Role], Visitor], role: Role) -> None:
    """From the page where its work begins, along every link."""
    visitor(role).wander("/")


def test_what_a_caseworker_asks_for(visitor: Callable[[Role], Visitor]) -> None:
    """Searches, plans of other days, what-ifs, assessments made again, policies compared."""
    one = visitor(Role.CASEWORKER)
    one.send("/households/find", {"text": "石", "category": "dibao", "attention": "missing"})
    one.send("/households/find", {"text": "nobody at all"})
    one.send(f"/households/{FAMILY}/reveal")
    for on in ("2009-06-01", "2022-12-01", "2025-03-01"):
        one.get(f"/households/{FAMILY}/plan?on={on}")
    person = re.findall(r'name="work.person".*?<option value="(\d+)"', one.get(f"/households/{FAMILY}/what-if"))[0]
    for form in (
        {"work.person": person, "work.wage": "5000"},
        {"work.wage": "5000"},
        {"work.person": person, "work.wage": "much"},
        {"school.person": person, "school.stage": "undergraduate"},
        {"dwelling.grade": "D", "disabled.person": person, "disabled.kind": "limb", "disabled.grade": "1"},
        {"new.fact": "incomes", "new.who": person, "redraw": "add"},
        {"on": "yesterday"},
        {},
    ):
        one.send(f"/households/{FAMILY}/what-if", form)
    made = re.findall(rf'/households/{FAMILY}/assessments/(\d+)"', one.get(f"/households/{FAMILY}/assessments"))
    one.send(f"/households/{FAMILY}/assessments/{made[0]}/replay")
    one.get(f"/households/{FAMILY}/assessments/{made[1]}/{made[0]}")
    one.get(f"/policy/compare?region={GUIDING}&on=2020-01-01&other_region={LANZHOU}&other_on=2025-06-01")
    one.get("/policy/compare?region=340123&on=2009-01-01&other_region=450000&other_on=2026-01-01")
    one.get("/policy?region=12&on=never")
    for kind in ("plan", "determination", "refusal"):
        one.get(f"/households/{FAMILY}/print/{kind}")
        one.get(f"/households/{SINGLE}/print/{kind}")
    one.get(f"/households/{SINGLE}/print/refusal?asked=categories")


def test_what_a_caseworker_gets_wrong(visitor: Callable[[Role], Visitor]) -> None:
    """Every field of the form, answers, events, spreadsheets: what is wrong is said in the language too."""
    one = visitor(Role.CASEWORKER)
    wrong = {
        "h.region": "12",
        "h.residence": "??",
        "h.homes": "1.5",
        "h.financial_assets": "1,000 yuan",
        "h.recognised_on": "2026-02-30",
        "h.dwelling_area": "-3",
        "m0.relation": "head",
        "m0.id_number": "123",
        "m0.birth_date": "2190-01-01",
        "m0.disability_grade": "9",
        "m0.insured": "??",
        "m0.incomes.0.kind": "wage",
        "m0.incomes.0.amount": "-5",
        "m1.relation": "head",
        "m1.name": "石" * 101,
        "m2.name": "石大海",
        "observed_on": "2190-01-01",
    }
    one.send("/households/new", wrong)
    one.send("/households/new", {**wrong, "redraw": "add"})
    one.send("/households/new", {})
    one.send("/households/new", {"h.region": GUIDING, "m0.relation": "head", "source": "rumour"})
    one.send("/households/new", {"h.region": GUIDING, "m0.relation": "head", "observed_on": "2190-01-01"})
    one.send(f"/households/{FAMILY}/edit", {**wrong, "version": "1"})
    for fact, value in (("dwelling_grade", ""), ("dwelling_area", "large"), ("homes", "many")):
        one.send(f"/households/{FAMILY}/answers", {"fact": fact, "value": value, "person": ""})
    people = re.findall(r'<option value="(\d+)"', one.get(f"/households/{FAMILY}/events"))
    for form in (
        {"event": "born", "born.relation": "head", "born.sex": "??"},
        {"event": "born", "born.relation": "head", "born.birth_date": "2020-02-02"},
        {"event": "died"},
        {"event": "move", "move.person": people[0], "move.relation": "child", "move.to": "nowhere"},
        {"event": "move", "move.person": people[0], "move.relation": "child", "move.to": FAMILY},
        {"event": "split"},
        {"event": "merge"},
        {"event": "merge", "merge.sure": "yes", "merge.into": SINGLE},
        {"event": "head", "head.person": people[1]},
        {"event": "close", "close.sure": "yes"},
        {"event": "rechecked"},
        {"event": "died", "died.person": people[1], "version": "0"},
    ):
        one.send(f"/households/{FAMILY}/events", {"observed_on": clock.today().isoformat(), **form})
    one.send("/sheets/import", {"on": "2190-01-01"})
    for name, content in (("list.csv", b"a,b"), ("empty.xlsx", b""), ("wrong.xlsx", _workbook())):
        one.send("/sheets/import", {"partial": ""}, files={"file": (name, content)})
    one.send("/sheets/import", {"partial": "1"}, files={"file": ("wrong.xlsx", _workbook())})
    one.send("/sheets/export", {"region": "abc"})
    one.send("/account/password", {"old": "wrong", "password": "short", "again": "long"})
    one.send("/account/password", {"old": PASSWORD, "password": "short", "again": "long"})
    one.send("/account/password", {"old": PASSWORD, "password": PASSWORD, "again": PASSWORD})
    for easy in ("caseworker12", "fghjkl;'fghjkl;", "zqzqzqzqzqzq", "abcdefghijkl", "199003151234"):
        one.send("/account/password", {"old": PASSWORD, "password": easy, "again": easy})
    one.send("/account/sessions/end", {"which": "others", "old": "wrong"})
    one.get("/account/factor")
    one.send("/account/factor", {"old": PASSWORD, "code": "wrong"})
    for done in ("password", "factor", "ended", "ended-one"):
        one.get(f"/account?done={done}")
    one.send("/account/tokens", {"name": "", "ends_on": "never"})
    one.send("/account/tokens", {"name": "x" * 101, "ends_on": "2190-01-01"})
    one.send("/account/tokens", {"name": "x", "ends_on": clock.today().isoformat(), "old": "wrong"})
    for path in ("/nowhere", "/journal", "/households/none/plan", f"/households/{FAMILY}/plan?on=never"):
        one.get(path)
    one.send("/households/new", {"_csrf": "wrong"})


def _workbook() -> bytes:
    """Return a workbook in the form of the template with something wrong in every row."""
    content = BytesIO()
    with xlsxwriter.Workbook(content) as book:
        rows = {
            "家庭": [
                ("户编号", "行政区划代码", "住房套数", "收入超过标准的日期"),
                ("A1", "12", "两套", "13/13/13"),
                ("A1", GUIDING, 1, "2020-01-01"),
                ("", GUIDING, -1, ""),
                ("A2", GUIDING, 1, ""),
            ],
            "成员": [
                ("户编号", "成员序号", "与户主关系", "公民身份号码", "出生日期"),
                ("A1", 1, "当家的", "123", "2190-01-01"),
                ("B7", 1, "户主", "", ""),
                ("A2", "x", "户主", "", ""),
                ("A2", 1, "子女", "", "昨天"),
            ],
            "收入": [("户编号", "成员序号", "收入种类", "金额", "周期"), ("A2", 9, "彩票", "三万", "世纪")],
            "别的": [("随便", "什么")],
        }
        for name, lines in rows.items():
            sheet = book.add_worksheet(name)
            for i, line in enumerate(lines):
                sheet.write_row(i, 0, line)
    return content.getvalue()


def test_what_auditors_and_administrators_do(visitor: Callable[[Role], Visitor]) -> None:
    """Journal and users, done right and wrong."""
    audit = visitor(Role.AUDITOR)
    audit.send("/journal/verify")
    audit.send("/journal/find", {"since": "never", "until": "2190-01-01"})
    audit.send("/journal/find", {"since": "2026-02-02", "until": "2026-01-01"})
    audit.send("/journal/find", {"operation": "user"})
    audit.send("/journal/find", {"who": "nobody"})
    admin = visitor(Role.ADMINISTRATOR)
    for form in (
        {"name": "", "role": "king", "region": "abc", "programme": "none"},
        {"name": "caseworker", "role": "caseworker"},
        {"name": "Caseworker", "role": "caseworker"},
        {"name": "auditor2", "role": "caseworker"},
        {"name": "other", "role": "officer"},
        {"name": "other", "role": "auditor", "region": "abc"},
    ):
        admin.send("/users", form)
    for form in (
        {"name": "auditor", "role": "king", "region": "abc", "programme": "none"},
        {"name": "auditor", "role": "auditor", "region": "abc"},
        {"name": "auditor", "role": "officer"},
    ):
        admin.send("/users/change", form)
    admin.send("/users/password", {"name": "auditor2"})
    admin.send("/users/factor", {"name": "auditor"})
    for done in ("changed", "factor", "disabled", "enabled"):
        admin.get(f"/users?done={done}")


def test_the_language_is_chosen(world: World) -> None:
    """Chinese by itself, English where the browser asks for it, and whichever was switched to before all."""
    client = TestClient(world.app)

    def shown(**headers: str) -> str:
        reader = Reader()
        reader.feed(client.get("/login", headers=headers).text)
        assert ("用户名" in reader.texts) is (reader.language == "zh-CN")
        return reader.language

    english, chinese = {"accept-language": "en-GB,en;q=0.9"}, {"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}
    assert [shown(), shown(**english), shown(**chinese)] == ["zh-CN", "en", "zh-CN"]
    assert client.post("/language", data={"language": "en", "back": "/login"}).status_code == 200
    assert [shown(), shown(**chinese)] == ["en", "en"]
    client.post("/language", data={"language": "zh", "back": "/login"})
    assert shown(**english) == "zh-CN"
    client.cookies.set("bangfu_language", "klingon")
    assert shown(**english) == "en"


def test_languages_are_kept_apart(world: World) -> None:
    """What one reads is not given to another: pages are not cached, and vary by language."""
    answer = TestClient(world.app).get("/login")
    assert "Accept-Language" in answer.headers["vary"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_catalogue_is_shipped() -> None:
    """It lies in the package."""
    assert (Path(bangfu.__file__).parent / "locale" / "en" / "LC_MESSAGES" / "bangfu.mo").is_file()
