"""The journal in a browser: by pages and filters, nothing personal in it, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import update

from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.journal import Wanted
from bangfu_office.registry.schema import journal
from bangfu_office.registry.users import Role
from registry_tampering import ENTRIES, fill, tampered
from web_desk import FAMILY, GUIDING, OTHERS, SINGLE, Visitor, id_number

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
COUNTY = GUIDING[:6]


def sequence(text: str) -> list[int]:
    """Return the numbers of the entries on a page of the journal."""
    return [int(number) for number in re.findall(r'<td class="num"[^>]*>(\d+)</td>', text)]


def test_the_journal_hides_personal_values(client_as: ClientAs, web_registry: Registry) -> None:
    """Names and ID numbers, also those written as a reason; other facts and users' names are shown."""
    number = id_number(COUNTY, "1981-01-01", 7)
    by = Attribution("王办事员", reason=f"证件号码 {number} 写错")
    with web_registry.work(by) as work:
        work.change(SINGLE, [FactChange("name", "莫长青", 4), FactChange("insured", False, 4)])
    text = client_as(Role.AUDITOR).get("/journal").text
    for hidden in ("莫长林", "莫长青", "石大山", number, id_number(COUNTY, "1980-03-15", 1)):
        assert hidden not in text
    assert "*** → ***" in text
    assert f"{number[:4]}**********{number[-4:]}" in text
    assert "是 → 否" in text
    assert "村级协理员" in text


def test_the_journal_by_pages(client_as: ClientAs, web_registry: Registry) -> None:
    """Newest first, older and newer by number, each entry once."""
    with web_registry.work(Attribution("王办事员")) as work:
        for i in range(120):
            work.note("seen", None, new={"what": "identity", "households": i})
    visitor = client_as(Role.AUDITOR)
    newest = web_registry.history(newest=1)[0].seq
    first = sequence(visitor.get("/journal").text)
    second = sequence(visitor.send("/journal/find", {"before": str(first[-1])}).text)
    assert first + second == list(range(newest, newest - 100, -1))
    assert sequence(visitor.send("/journal/find", {"after": str(second[0])}).text) == first
    assert sequence(visitor.get(f"/journal?before={first[-1]}").text) == second


def test_the_journal_filtered(client_as: ClientAs, web_registry: Registry) -> None:
    """By household, who, operation and day, together or alone."""
    by = Attribution("王办事员", reason="年度复核")
    with web_registry.work(by) as work:
        work.change(FAMILY, [FactChange("homes", 1)])
    visitor = client_as(Role.AUDITOR)
    today = web_registry.history(newest=1)[0].observed_on

    def found(**form: str) -> int:
        return len(sequence(visitor.send("/journal/find", form).text))

    assert found(household=FAMILY) == 5
    assert found(household=FAMILY, operation="joined") == 3
    assert found(operation="opened", who="王办事员") == 3
    assert found(who="nobody") == 0
    assert found(operation="user", until="2020-01-01") == 0
    assert found(operation="user", since=str(today), until=str(today)) == len(Role)
    wrong = visitor.send("/journal/find", {"since": "2026-03-02", "until": "2026-03-01"})
    assert (wrong.status_code, 'id="until-error"' in wrong.text) == (422, True)


def test_the_journal_of_a_county(client_as: ClientAs) -> None:
    """An auditor of a county sees what was done with its households, and no more."""
    text = client_as(Role.AUDITOR, COUNTY).get("/journal").text
    assert FAMILY in text
    assert OTHERS not in text
    assert "村级协理员" not in text


def test_browsing_both_ways(database_url: str) -> None:
    """Between two numbers, up to a moment, in a region; on both databases."""
    with Registry.open(database_url, key="") as registry:
        fill(registry)
        everything = registry.browse(Wanted(), limit=1000)
        assert [entry.seq for entry in everything] == list(range(ENTRIES, 0, -1))
        assert registry.browse(Wanted(), before=5, limit=2) == everything[-4:-2]
        assert registry.browse(Wanted(), after=5, limit=2) == everything[-7:-5]
        since = datetime.fromisoformat(everything[2].at)
        assert registry.browse(Wanted(since=since)) == everything[:3]
        assert registry.browse(Wanted(until=since)) == everything[3:]
        assert registry.browse(Wanted(region=GUIDING)) == everything[2:], "all that are about a household"
        assert registry.browse(Wanted(region="%")) == []


def test_the_journal_verified(client_as: ClientAs, web_registry: Registry) -> None:
    """All right, with its number and hash; or the first wrong entry is named."""
    visitor = client_as(Role.AUDITOR)
    head = web_registry.verify()
    text = visitor.send("/journal/verify").text
    assert f"共 {head.seq} 条" in text
    assert head.hash in text
    url = str(web_registry.database.engine.url)
    with tampered(url, lambda c: c.execute(update(journal).where(journal.c.seq == 3).values(who="别人"))):
        assert "日志第 3 条" in visitor.send("/journal/verify").text
