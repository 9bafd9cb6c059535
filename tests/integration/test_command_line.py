"""The commands as a caseworker calls them: output, errors, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bangfu.facts import CORE_FACTS
from bangfu.show.lists import fact_lines

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "household.toml"


def bangfu(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command and return what it printed."""
    command = [sys.executable, "-m", "bangfu", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def test_commands_whose_extra_is_not_installed_are_listed() -> None:
    """The list says how to install it, and so does the command itself."""
    without = "import sys; sys.modules['litestar'] = None; from bangfu.commands.main import main; main()"
    for words, code in ((["--help"], 0), (["serve", "--port", "8000"], 1)):
        done = subprocess.run(
            [sys.executable, "-c", without, *words], capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == code, done.stderr
        assert "bangfu[web]" in done.stdout + done.stderr


def test_a_plan_as_json_has_the_keys_others_rely_on() -> None:
    """The shape is fixed for outside use; amounts are strings with two decimals."""
    done = bangfu("plan", SAMPLE, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    plan = json.loads(done.stdout)
    assert (plan["on"], plan["region"]) == ("2020-09-01", "522723102201")
    household = plan["household"]
    assert {
        "members",
        "size",
        "income_year",
        "income_per_head_year",
        "category",
        "candidates",
        "grace",
        "reasons",
    } <= set(household)
    assert (household["size"], household["income_year"], household["income_per_head_year"]) == (
        4,
        "13400.00",
        "3350.00",
    )
    grant = next(
        s
        for s in plan["supports"]
        if s["benefit"] == "education.senior_secondary.national_grant" and s["recipient"] == 2
    )
    assert {key: grant[key] for key in ("programme", "status", "amount", "per", "year_amount", "kind", "verified")} == {
        "programme": "education", "status": "eligible", "amount": "2000.00", "per": "year",
        "year_amount": "2000.00", "kind": "cash", "verified": False,
    }  # fmt: skip
    assert set(grant["reasons"][0]) >= {"label", "status", "value", "limit", "source", "missing"}
    assert plan["totals"]["by_programme"] == {"education": "5460.00"}  # 4,660 + 4 × 200
    assert {"fact": "boarding", "member": 3} in [{k: m[k] for k in ("fact", "member")} for m in plan["missing"]]
    assert {"parameter", "decides"} <= set(plan["not_configured"][0])


def test_a_plan_as_text_tells_amounts_reasons_and_questions() -> None:
    """What is due with its clause, what isn't known, what to ask."""
    text = bangfu("plan", SAMPLE).stdout
    for said in ("每年 5,460.00 元", "S1 普通高中", "未核对", "需要询问", "在校寄宿", "当地尚未设定的参数", "不符合的"):
        assert said in text


def test_the_day_can_be_given() -> None:
    """``--on`` goes before the file's day."""
    plan = json.loads(bangfu("plan", SAMPLE, "--on", "2021-03-02", "--format", "json").stdout)
    assert plan["on"] == "2021-03-02"


def test_a_pack_of_ones_own_decides(tmp_path: Path) -> None:
    """With a local standard of 4,000 the sample household is on dibao: 4 × 4,000 − 13,400 = 2,600."""
    pack = tmp_path / "local.toml"
    pack.write_text(
        '[pack]\nregion = "522723"\nname = "贵定"\nsource = "县文件"\n'
        '[parameters]\n"dibao.standard.rural" = { value = 4000, per = "year", verified = true }\n',
        encoding="utf-8",
    )
    plan = json.loads(bangfu("plan", SAMPLE, "--policy", pack, "--format", "json").stdout)
    dibao = next(s for s in plan["supports"] if s["benefit"] == "living.dibao")
    assert (plan["household"]["category"], dibao["amount"], dibao["verified"]) == ("dibao", "2600.00", True)


def test_checking_a_good_file_says_so() -> None:
    """Exit 0 and one line."""
    done = bangfu("check", SAMPLE)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("plan", "no-such-file.toml"), 2),
        (("plan",), 2),
        (("plan", SAMPLE, "--on", "2020-13-01"), 2),
        (("plan", SAMPLE, "--format", "xml"), 2),
        (("plan", SAMPLE, "--policy", "no-such-pack.toml"), 2),
        (("policy",), 2),
        (("policy", "--region", "52"), 2),
        (("unknown",), 2),
        (("plan", ROOT / "pyproject.toml"), 1),
        (("plan", SAMPLE, "--policy", SAMPLE), 1),
    ],
)
def test_exit_codes(arguments: tuple[object, ...], code: int) -> None:
    """2 for a wrong call, 1 for wrong input; errors on standard error, never a traceback."""
    done = bangfu(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_every_fact_is_listed_with_its_presumption() -> None:
    """``bangfu facts`` shows core's facts and the plugins'."""
    text = bangfu("facts").stdout
    assert all(fact.name in text for fact in CORE_FACTS.facts)
    assert "special_hardship" in text
    listed = json.loads("\n".join(fact_lines(CORE_FACTS, as_json=True)))
    assert next(f for f in listed if f["name"] == "registered_poor")["presumption"]


def test_programmes_and_parameters_of_a_place() -> None:
    """Benefits with amount, conditions and clause; parameters with value, unit, clause, pack."""
    programmes = json.loads(bangfu("programmes", "--region", "522723", "--on", "2020-09-01", "--format", "json").stdout)
    assert [p["code"] for p in programmes] == ["education", "employment", "housing", "living", "medical"]
    parameters = json.loads(bangfu("policy", "--region", "610625", "--on", "2022-09-01", "--format", "json").stdout)
    by_name = {p["parameter"]: p for p in parameters}
    standard = by_name["dibao.standard.urban"]
    assert (standard["value"], standard["unit"], standard["source"], standard["verified"]) == (
        "610.00",
        "元/人/月",
        "S7",
        False,
    )
    assert by_name["minimum_wage"]["value"] is None
    assert "未设定" in bangfu("policy", "--region", "610625").stdout
    assert "普通高中国家助学金" in bangfu("programmes", "--region", "522723").stdout
