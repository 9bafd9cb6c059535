"""Policy packs: which value is in force where and when, and what is wrong with a bad pack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bangfu import Level, PackError, Rulebook, RuleError, parameter
from bangfu.engine import Graph
from bangfu.facts import CORE_FACTS
from bangfu.policy import CORE_PARAMETERS, Pack, PackFile, resolve
from bangfu.regions import prefix_of

DECLARED = {parameter.name: parameter for parameter in CORE_PARAMETERS}
TODAY = date(2024, 6, 1)


def pack(text: str, owner: str = "core", region: str = "000000", name: str = "p.toml") -> object:
    """Return the pack of some TOML below a head."""
    head = f'[pack]\nregion = "{region}"\nsource = "S"\n'
    return read_pack((head + text).encode(), name, owner)


def read_pack(content: bytes, name: str, owner: str) -> Pack:
    """Return the pack in a file, beside the core's parameters; refuse one with anything wrong, as loading does."""
    file = PackFile.opened(content, name, owner)
    read = file.finished({**DECLARED, **file.parameters})
    if file.read.problems:
        raise PackError(name, file.read.problems)
    return read


def margin(value: object, **more: str) -> str:
    """Return TOML that sets the margin multiple."""
    extra = "".join(f", {key} = {text}" for key, text in more.items())
    return f'[parameters]\n"margin.multiple" = {{ value = {value}{extra} }}\n'


@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        ("000000", ""),
        ("520000", "52"),
        ("522700", "5227"),
        ("522723", "522723"),
        ("522723102", "522723102"),
        ("522723000", "522723"),
        ("522723102201", "522723102201"),
        ("522723102000", "522723102"),
        ("520000000000", "52"),
    ],
)
def test_trailing_zeros_stand_for_all_of_it(region: str, prefix: str) -> None:
    """A province's code is a prefix of its counties'."""
    assert prefix_of(region) == prefix


def test_the_longest_prefix_wins_parameter_by_parameter() -> None:
    """The county sets the multiple; the rest still comes from the nation."""
    nation = pack(margin(1.5) + '"tekun.multiple" = { value = 1.3 }\n')
    county = pack(margin(2), region="522723")
    policy = resolve([county, nation], DECLARED, "522723102201", TODAY)  # type: ignore[list-item]
    assert (policy.value("margin.multiple"), policy.value("tekun.multiple")) == (2, Decimal("1.3"))
    assert resolve([county, nation], DECLARED, "522724", TODAY).value("margin.multiple") == Decimal("1.5")  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("on", "value"),
    [(date(2009, 3, 31), 900), (date(2009, 4, 1), 1000), (date(2011, 12, 31), 1000), (date(2012, 1, 1), None)],
)
def test_an_entry_holds_from_its_first_to_its_last_day(on: date, value: int | None) -> None:
    """Both days included; outside of them nothing is set."""
    dated = pack(
        '[parameters]\n"dibao.standard.rural" = [\n'
        '  { value = 900, per = "year", until = 2009-03-31 },\n'
        '  { value = 1000, per = "year", from = 2009-04-01, until = 2011-12-31 },\n]\n'
    )
    assert resolve([dated], DECLARED, "340123", on).value("dibao.standard.rural") == value  # type: ignore[list-item]


def test_money_by_the_month_enters_rules_by_the_year() -> None:
    """610 a month is 7,320 a year."""
    urban = pack('[parameters]\n"dibao.standard.urban" = { value = 610, per = "month" }\n')
    assert resolve([urban], DECLARED, "610600", TODAY).value("dibao.standard.urban") == 7320  # type: ignore[list-item]


def test_of_two_packs_for_one_region_the_added_then_the_later_wins() -> None:
    """A file of the user's goes before a built-in one; else the later start."""
    early, late, added = pack(margin(1.2)), pack(margin(1.4, **{"from": "2024-01-01"})), pack(margin(1.1), "user")
    assert resolve([late, early], DECLARED, "52", TODAY).value("margin.multiple") == Decimal("1.4")  # type: ignore[list-item]
    assert resolve([added, late, early], DECLARED, "52", TODAY).value("margin.multiple") == Decimal("1.1")  # type: ignore[list-item]


def test_a_parameter_nobody_declared_is_an_error_for_a_rule() -> None:
    """A misspelt name in a plugin's code is found when rules are put together."""
    with pytest.raises(RuleError, match=r"margin\.multiple"):
        Graph(CORE_FACTS, DECLARED).looked_up(Level.HOUSEHOLD, parameter("margin.multipel"), "trial")


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ('[parameters]\n"margin.multipel" = { value = 1 }', "parameters.margin.multipel", "margin.multiple"),
        ('[parameters]\n"margin.multiple" = { value = "x" }', "parameters.margin.multiple.value", "不为负"),
        ('[parameters]\n"margin.multiple" = { value = -1 }', "parameters.margin.multiple.value", "不为负"),
        ('[parameters]\n"margin.multiple" = 1.5', "parameters.margin.multiple", "value = "),
        ('[parameters]\n"dibao.standard.rural" = { value = 5400 }', "parameters.dibao.standard.rural.per", "year"),
        ('[parameters]\n"dibao.amount" = { value = "gape" }', "parameters.dibao.amount.value", "gap"),
        ('[parameters]\n"rigid.kinds" = { value = ["medicine"] }', "parameters.rigid.kinds.value", "medical"),
        ('[parameters]\n"margin.multiple" = { value = 1, sourse = "S" }', "sourse", "source"),
        ('[parameter]\n"margin.multiple" = { value = 1 }', "parameter[0].margin.multiple", "name, type"),
        ('[parametres]\n"margin.multiple" = { value = 1 }', "parametres", "最接近的是 parameters"),
        ("[[benefit]]\nfrom = 3", "benefit[0].from", "日期"),
    ],
)
def test_a_bad_pack_names_path_and_mend(text: str, path: str, said: str) -> None:
    """Misspelt names show the nearest known one; wrong values what is expected."""
    with pytest.raises(PackError) as caught:
        pack(text)
    assert any(path in problem.path and said in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize("content", [b"", b"[pack]\n", b'[pack]\nregion = "52"\n', b"\xff\xfe", b"x = ["])
def test_a_pack_without_a_proper_head_is_refused(content: bytes) -> None:
    """Empty, without region, not UTF-8, not TOML."""
    with pytest.raises(PackError):
        read_pack(content, "p.toml", "core")


def test_parameters_of_a_programme_that_is_not_installed_are_kept_by_name() -> None:
    """A county's pack may speak of programmes this machine has no plugin for."""
    read = pack('[parameters]\n"fishing.boat" = { value = 1 }\n')
    assert read.unused == ("fishing.boat",)  # type: ignore[attr-defined]


def test_every_built_in_value_names_its_clause_and_none_claims_to_be_verified(rulebook: Rulebook) -> None:
    """No number without a source; nobody has held these against the official texts yet."""
    for read in rulebook.packs:
        assert read.source, read.file
        for entry in read.entries:
            assert entry.source, f"{read.file} {entry.parameter.name}"
            assert not entry.verified
        for row in read.rows:
            assert row.data.get("source"), f"{read.file} {row.code}"
            assert not row.data.get("verified", False)


def test_a_folder_stands_for_its_toml_files(tmp_path: Path) -> None:
    """``--policy FOLDER`` reads every pack in it."""
    for i, region in enumerate(("220000", "230000")):
        (tmp_path / f"{i}.toml").write_text(f'[pack]\nregion = "{region}"\nsource = "S"\n{margin(i + 2)}')
    rulebook = Rulebook.load([tmp_path])
    assert rulebook.policy("220102", TODAY).value("margin.multiple") == 2
    assert rulebook.policy("230102", TODAY).value("margin.multiple") == 3


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    """A wrong path would otherwise pass for a policy that changes nothing."""
    with pytest.raises(PackError, match="没有政策包"):
        Rulebook.load([tmp_path])
