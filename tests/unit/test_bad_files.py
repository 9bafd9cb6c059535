"""Bad household files: each gives a clear error that names the place, exit code 1, and never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from bangfu import Household, InputError, Problem, read_household
from bangfu.commands import main

# What the contract asks of every problem: the path, what was found, what is expected, and for a
# misspelt key or choice the nearest known one. People, places and numbers are made up.

NAME, OTHER_NAME = "柳青禾", "柳小满"
REGION = "341822003004"
NOWHERE = "999999"
"""The division in the made-up ID numbers: there is none of that code."""


def id_number(born: str, serial: str) -> str:
    """Return a made-up ID number; the check character by ISO 7064 MOD 11-2, with powers of two as weights."""
    digits = f"{NOWHERE}{born}{serial}"
    rest = sum(int(digit) * pow(2, 17 - i, 11) for i, digit in enumerate(digits)) % 11
    check = (1 - rest) % 11
    return f"{digits}{'X' if check == 10 else check}"


WOMAN = id_number("19780302", "462")
MAN = id_number("19810715", "463")
BORN_LATER = id_number("20211231", "462")
BORN_LONG_AGO = id_number("17780302", "462")
ON_NO_DAY = id_number("19780230", "462")
WITH_X = next(n for n in (id_number("19780302", f"{serial:03}") for serial in range(2, 999, 2)) if n.endswith("X"))
WRONG_CHECK = f"{WOMAN[:17]}{(int(WOMAN[17]) + 1) % 10}" if WOMAN[17] != "X" else f"{WOMAN[:17]}0"
ID_NUMBERS = (WOMAN, MAN, BORN_LATER, BORN_LONG_AGO, ON_NO_DAY, WITH_X, WRONG_CHECK)

TOP = f'region = "{REGION}"\non = 2021-06-01\n'
HEAD = f'[[members]]\nname = "{NAME}"\nrelation = "head"\n'
SECOND = f'[[members]]\nname = "{OTHER_NAME}"\nrelation = "child"\n'


def household(facts: str) -> str:
    """Return a TOML file, right but for these household facts."""
    return f"{TOP}{facts}\n{HEAD}"


def head(facts: str) -> str:
    """Return a TOML file, right but for these facts of its first member."""
    return f"{TOP}{HEAD}{facts}\n"


def second(facts: str) -> str:
    """Return a TOML file, right but for these facts of its second member."""
    return f"{TOP}{HEAD}{SECOND}{facts}\n"


def json_household(facts: str) -> str:
    """Return a JSON file, right but for these household facts."""
    return f'{{"region": "{REGION}", "on": "2021-06-01", {facts}, "members": [{{"relation": "head"}}]}}'


def json_head(facts: str) -> str:
    """Return a JSON file, right but for these facts of its only member."""
    return f'{{"region": "{REGION}", "on": "2021-06-01", "members": [{{"relation": "head", {facts}}}]}}'


class Bad(NamedTuple):
    """A file, the paths of its problems (a line or byte may go on with a column), what the first one says."""

    kind: str
    content: str | bytes
    suffix: str
    paths: tuple[str, ...]
    said: tuple[str, ...]

    def written(self, folder: Path) -> Path:
        """Return the path of this file, written into the folder."""
        path = folder / f"household{self.suffix}"
        path.write_bytes(self.content if isinstance(self.content, bytes) else self.content.encode())
        return path


def bad(kind: str, content: str | bytes, path: str, *said: str, suffix: str = ".toml", also: str = "") -> Bad:
    """Return one kind of bad file; ``also`` is the path of its second problem."""
    return Bad(kind, content, suffix, (path, also) if also else (path,), said)


def bad_json(kind: str, content: str | bytes, path: str, *said: str) -> Bad:
    """Return one kind of bad JSON file."""
    return bad(kind, content, path, *said, suffix=".json")


GBK = household("").encode("gbk")
GBK_JSON = json_head(f'"name": "{NAME}"').encode("gbk")
UTF_16 = household("").encode("utf-16-le")
CUT_SHORT = f"{TOP}# {NAME}".encode()[:-1]
DEEP = 100_000
DIGITS_5000 = "7" * 5000

AMOUNTS = [
    bad("money given as true", household("financial_assets = true"), "financial_assets", "true", "两位小数"),
    bad_json("money given as false in JSON", json_household('"financial_assets": false'), "financial_assets", "false"),
    bad_json("money given as null", json_household('"financial_assets": null'), "financial_assets", "null"),
    bad("money given as a list", household("appraised_amount = [100]"), "appraised_amount", "列表"),
    bad("money given as a table", household("appraised_amount = { year = 100 }"), "appraised_amount", "表"),
    bad("money given as a day", household("appraised_amount = 2021-01-01"), "appraised_amount", "2021-01-01", "日期"),
    bad("money given as words", head('job_costs = "两千"'), "members[0].job_costs", "两千"),
    bad("money given as an empty text", head('job_costs = ""'), "members[0].job_costs", "“”"),
    bad("money with its unit", head('job_costs = "1500元"'), "members[0].job_costs", "1500元", "单位"),
    bad("money with a blank before it", head('job_costs = " 1500"'), "members[0].job_costs", "空格"),
    bad("money with a thousands separator", head('job_costs = "1,500.00"'), "members[0].job_costs", "千分号"),
    bad("money in full-width digits", head('job_costs = "１５００"'), "members[0].job_costs", "１５００"),
    bad("money as a text with an exponent", head('job_costs = "1e3"'), "members[0].job_costs", "1e3"),
    bad("a negative integer amount", head("job_costs = -1"), "members[0].job_costs", "-1", "不能为负"),
    bad("a negative decimal amount", head("job_costs = -0.01"), "members[0].job_costs", "-0.01", "不能为负"),
    bad("a negative amount as a text", head('job_costs = "-5.00"'), "members[0].job_costs", "-5.00", "不能为负"),
    bad_json("a negative amount in JSON", json_head('"job_costs": -5.5'), "members[0].job_costs", "-5.5", "不能为负"),
    bad("a huge amount", household("financial_assets = 99999999999999"), "financial_assets", "99999999999999"),
    bad("a huge amount as a text", household('financial_assets = "10000000000"'), "financial_assets", "10000000000"),
    bad("an amount with three decimals", household("financial_assets = 12.345"), "financial_assets", "12.345", "分"),
    bad("a text with three decimals", household('financial_assets = "12.345"'), "financial_assets", "12.345", "分"),
    bad_json("three decimals in JSON", json_household('"financial_assets": 0.001'), "financial_assets", "0.001", "分"),
    bad("nan for an amount", household("financial_assets = nan"), "financial_assets", "NaN"),
    bad("inf for an amount", household("financial_assets = inf"), "financial_assets", "Infinity"),
    bad("minus inf for an amount", household("financial_assets = -inf"), "financial_assets", "-Infinity"),
    bad_json("NaN for an amount in JSON", json_household('"financial_assets": NaN'), "financial_assets", "NaN"),
    bad_json("Infinity in JSON", json_household('"financial_assets": Infinity'), "financial_assets", "Infinity"),
    bad_json("minus Infinity in JSON", json_household('"financial_assets": -Infinity'), "financial_assets", "-Infin"),
    bad_json("NaN as a JSON text", json_household('"financial_assets": "NaN"'), "financial_assets", "NaN"),
    bad("an exponent of a million", household("financial_assets = 1e999999"), "financial_assets", "999999"),
    bad_json(
        "a JSON exponent of a million", json_household('"financial_assets": 1e999999'), "financial_assets", "9999"
    ),
    bad("an exponent beyond all bounds", household(f"financial_assets = 1e{'9' * 30}"), "financial_assets", "数字"),
    bad_json("a JSON exponent beyond all bounds", json_household(f'"homes": 1e{"9" * 30}'), "homes", "整数"),
    bad("a tiny exponent", household("financial_assets = 1e-999999"), "financial_assets", "分"),
    bad("an amount of 5000 digits", household(f"financial_assets = {DIGITS_5000}"), "financial_assets", "数字"),
    bad_json("5000 JSON digits", json_household(f'"financial_assets": {DIGITS_5000}'), "financial_assets", "数字"),
    bad("5000 digits as a text", household(f'financial_assets = "{DIGITS_5000}"'), "financial_assets", "数字"),
    bad("a negative dwelling area", household("dwelling_area = -60"), "dwelling_area", "-60", "m²"),
    bad("a dwelling area with its unit", household('dwelling_area = "60m²"'), "dwelling_area", "60m²", "单位"),
]

NUMBERS_AND_CHOICES = [
    bad("an integer given as true", household("homes = true"), "homes", "true", "整数"),
    bad_json("an integer given as true in JSON", json_household('"vehicles": true'), "vehicles", "true", "整数"),
    bad("an integer given as a text", household('homes = "1"'), "homes", "“1”", "整数"),
    bad("an integer given as a decimal", household("homes = 1.5"), "homes", "1.5", "整数"),
    bad("a negative integer", household("large_machinery = -1"), "large_machinery", "-1", "0 至"),
    bad("an integer of 5000 digits", household(f"homes = {DIGITS_5000}"), "homes", "整数"),
    bad_json("an integer of 5000 digits in JSON", json_household(f'"homes": {DIGITS_5000}'), "homes", "整数"),
    bad("a hexadecimal integer of 5000 digits", household(f"homes = 0x{'f' * 5000}"), "homes", "整数"),
    bad("a school year of zero", head("school_year = 0"), "members[0].school_year", "0（", "1 至"),
    bad("a disability grade of five", second("disability_grade = 5"), "members[1].disability_grade", "5", "1 至 4"),
    bad("seven of six self-care items", head("self_care_lost = 7"), "members[0].self_care_lost", "7", "0 至 6"),
    bad_json("an integer given as null", json_head('"job_refusals": null'), "members[0].job_refusals", "null"),
    bad("a bool given as one", household("registered_poor = 1"), "registered_poor", "1", "true 或 false"),
    bad_json(
        "a bool given as zero in JSON", json_household('"dwelling_only": 0'), "dwelling_only", "0", "true 或 false"
    ),
    bad("a bool given as a quoted true", household('registered_poor = "true"'), "registered_poor", "不带引号"),
    bad("a bool given as yes", head('boarding = "是"'), "members[0].boarding", "是", "true 或 false"),
    bad("a bool given as 5000 digits", head(f"orphan = {DIGITS_5000}"), "members[0].orphan", "true 或 false"),
    bad("a bool given as hexadecimal digits", head(f"orphan = 0x{'f' * 5000}"), "members[0].orphan", "true 或 false"),
    bad("a misspelt choice", household('residence = "rurall"'), "residence", "rurall", "urban", "最接近的是 rural"),
    bad("a misspelt relation", second("").replace('"child"', '"chlid"'), "members[1].relation", "最接近的是 child"),
    bad("a choice in another case", household('dwelling_grade = "c"'), "dwelling_grade", "“c”", "D"),
    bad("a choice in Chinese", head('sex = "女"'), "members[0].sex", "“女”", "female", "male"),
    bad("a choice given as an integer", head("sex = 1"), "members[0].sex", "1", "female"),
    bad("a choice given as a bool", head("employment = false"), "members[0].employment", "false", "unemployed"),
    bad("a choice given as a list", head('school_stage = ["primary"]'), "members[0].school_stage", "列表", "primary"),
    bad_json("a choice given as null", json_household('"residence": null'), "residence", "null", "rural"),
]

DAYS = [
    bad("an impossible day", head("birth_date = 1978-02-30"), "members[0].birth_date", "1978-02-30", "没有这一天"),
    bad_json(
        "an impossible day in JSON", json_head('"birth_date": "1978-02-30"'), "members[0].birth_date", "1978-02-30"
    ),
    bad(
        "an impossible day within an inline table",
        f'{TOP}members = [{{ relation = "head", away_since = 2021-04-31 }}]',
        "members[0].away_since",
        "2021-04-31",
        "没有这一天",
    ),
    bad("an impossible day with a time", head("birth_date = 1978-02-30T08:00:00"), "members[0].birth_date", "02-30"),
    bad("a thirteenth month", household("recognised_on = 2020-13-01"), "recognised_on", "2020-13-01"),
    bad("an impossible day of assessment", f'region = "{REGION}"\non = 2021-02-29\n{HEAD}', "on", "2021-02-29"),
    bad("a time for the day of assessment", f'region = "{REGION}"\non = 2021-02-28T10:00:00\n{HEAD}', "on", "时间"),
    bad("a day and time for a day", head("birth_date = 1978-03-02T08:00:00"), "members[0].birth_date", "时间", "日期"),
    bad_json(
        "a day and time in JSON", json_head('"birth_date": "1978-03-02T08:00:00"'), "members[0].birth_date", "T08"
    ),
    bad("a time of day for a day", head("birth_date = 08:00:00"), "members[0].birth_date", "08:00:00"),
    bad("a day without leading zeros", head("birth_date = 1978-3-2"), "members[0].birth_date", "1978-3-2"),
    bad("a day with slashes", head('birth_date = "1978/03/02"'), "members[0].birth_date", "1978/03/02"),
    bad("a day given as an integer", head("birth_date = 19790405"), "members[0].birth_date", "数字", "日期"),
    bad("a day given as a bool", household("income_risen_on = true"), "income_risen_on", "true", "日期"),
    bad("a day in full-width digits", head('birth_date = "１９７８-０３-０２"'), "members[0].birth_date", "日期"),
    bad(
        "a birth after the assessment",
        second("birth_date = 2021-06-02"),
        "members[1].birth_date",
        "2021-06-02",
        "2021-06-01",
    ),
    bad("the year 0001", head("birth_date = 0001-01-01"), "members[0].birth_date", "0001-01-01", "1900"),
    bad_json("the year 0001 in JSON", json_head('"birth_date": "0001-01-01"'), "members[0].birth_date", "0001-01-01"),
    bad("the year 0000", head("birth_date = 0000-01-01"), "members[0].birth_date", "0000-01-01"),
    bad("the year 9999", household("recognised_on = 9999-12-31"), "recognised_on", "9999-12-31"),
]

CODES_AND_TEXTS = [
    bad("no region", f"on = 2021-06-01\n{HEAD}", "region", "没有写", "必填"),
    bad("a region given as an integer", f"region = {REGION}\n{HEAD}", "region", REGION, "引号"),
    bad("a region of seven digits", f'region = "3418220"\n{HEAD}', "region", "3418220", "6、9、12"),
    bad("a region in full-width digits", f'region = "３４１８２２"\n{HEAD}', "region", "３４１８２２", "6、9、12"),
    bad("a region with a letter", f'region = "34182A"\n{HEAD}', "region", "34182A", "数字"),
    bad("an empty region", f'region = ""\n{HEAD}', "region", "“”", "6、9、12"),
    bad("a region given as a bool", f"region = true\n{HEAD}", "region", "true"),
    bad("a region of 5000 digits", f"region = {DIGITS_5000}\n{HEAD}", "region", "6、9、12"),
    bad_json("a region given as null", '{"region": null, "members": [{"relation": "head"}]}', "region", "null"),
    bad("a name given as an integer", f'{TOP}[[members]]\nrelation = "head"\nname = 7\n', "members[0].name", "文本"),
    bad(
        "a name given as a list", f'{TOP}[[members]]\nrelation = "head"\nname = ["{NAME}"]\n', "members[0].name", "文本"
    ),
    bad(
        "a name of 101 characters",
        f'{TOP}[[members]]\nrelation = "head"\nname = "{(NAME * 34)[:101]}"\n',
        "members[0].name",
        "101",
        "100",
    ),
    bad(
        "a name on two lines",
        f'{TOP}[[members]]\nrelation = "head"\nname = "{NAME}\\n{NAME}"\n',
        "members[0].name",
        "换行",
    ),
    bad_json("a name with an escaped NUL", json_head(f'"name": "{NAME}\\u0000"'), "members[0].name", "控制字符"),
    bad_json("a name with half a character", json_head('"name": "\\ud800"'), "members[0].name", "一行"),
    bad_json("a choice with half a character", json_household('"residence": "\\ud800"'), "residence", "rural"),
    bad("a choice with terminal commands", household('residence = "\\u001b[31m"'), "residence", "[31m", "rural"),
]

IDENTITIES = [
    bad("an ID number of 17 digits", head(f'id_number = "{WOMAN[:17]}"'), "members[0].id_number", "17", "18 位"),
    bad("an empty ID number", head('id_number = ""'), "members[0].id_number", "0 个字符", "18 位"),
    bad(
        "an ID number with a wrong check digit", head(f'id_number = "{WRONG_CHECK}"'), "members[0].id_number", "校验码"
    ),
    bad("an ID number with an impossible day", head(f'id_number = "{ON_NO_DAY}"'), "members[0].id_number", "出生日期"),
    bad("an ID number with letters", head(f'id_number = "ABCDEF{WOMAN[6:]}"'), "members[0].id_number", "数字以外"),
    bad(
        "an ID number in full-width digits",
        head(f'id_number = "９９９９９９{WOMAN[6:]}"'),
        "members[0].id_number",
        "数字以外",
    ),
    bad("an ID number given as an integer", head(f"id_number = {WOMAN}"), "members[0].id_number", "引号"),
    bad_json(
        "an ID number given as an integer in JSON", json_head(f'"id_number": {WOMAN}'), "members[0].id_number", "引号"
    ),
    bad(
        "an ID number born in 1778", head(f'id_number = "{BORN_LONG_AGO}"'), "members[0].id_number", "出生日期", "1900"
    ),
    bad(
        "an ID number born after the assessment",
        second(f'id_number = "{BORN_LATER}"'),
        "members[1].id_number",
        "出生日期",
        "2021-06-01",
    ),
    bad(
        "an ID number against the birth date",
        second(f'id_number = "{WOMAN}"\nbirth_date = 1979-04-05'),
        "members[1].birth_date",
        "1979-04-05",
        "公民身份号码",
    ),
    bad(
        "an ID number against the sex",
        second(f'id_number = "{WOMAN}"\nsex = "male"'),
        "members[1].sex",
        "male",
        "公民身份号码",
    ),
    bad("a man's ID number against the sex", head(f'id_number = "{MAN}"\nsex = "female"'), "members[0].sex", "female"),
    bad(
        "the same ID number twice",
        f'{TOP}{HEAD}id_number = "{MAN}"\n{SECOND}id_number = "{MAN}"\n',
        "members[0].id_number",
        "相同",
        also="members[1].id_number",
    ),
    bad(
        "the same ID number with a small x",
        f'{TOP}{HEAD}id_number = "{WITH_X}"\n{SECOND}id_number = "{WITH_X.lower()}"',
        "members[0].id_number",
        "相同",
        also="members[1].id_number",
    ),
    bad("an ID number for the birth date", head(f'birth_date = "{WOMAN}"'), "members[0].birth_date", "日期"),
    bad("an ID number for a choice", head(f'sex = "号码{WOMAN}"'), "members[0].sex", "female"),
    bad("an ID number for the region", f'region = "{WOMAN}"\n{HEAD}', "region", "6、9、12"),
    bad("an ID number for an amount", head(f"job_costs = {WOMAN}"), "members[0].job_costs", "数字"),
    bad("an ID number as a key", head(f'"{WOMAN}" = "{NAME}"'), f"members[0].{'*' * 18}", "不认识"),
]

LISTS = [
    bad("a list given as a text", head('incomes = "无"'), "members[0].incomes", "无", "列表", "[]"),
    bad("a list given as an integer", household("expenses = 5800"), "expenses", "5800", "列表"),
    bad("a list given as a bool", household("expenses = false"), "expenses", "false", "列表"),
    bad("a list given as a table", head('incomes = { kind = "wage" }'), "members[0].incomes", "一个表", "列表"),
    bad_json("a list given as null", json_head('"treatments": null'), "members[0].treatments", "null", "列表"),
    bad(
        "an entry that is a text", head('incomes = [{ kind = "wage" }, "wage"]'), "members[0].incomes[1]", "wage", "表"
    ),
    bad("an entry that is a list", household("expenses = [[]]"), "expenses[0]", "列表", "表"),
    bad(
        "an entry without its kind",
        household('expenses = [{ amount = 1, per = "year" }]'),
        "expenses[0].kind",
        "没有写",
    ),
    bad(
        "an entry without its setting",
        head("treatments = [{ covered = 1 }]"),
        "members[0].treatments[0].setting",
        "没有写",
    ),
    bad(
        "an entry with an unknown key",
        household('expenses = [{ kind = "care", amuont = 1 }]'),
        "expenses[0].amuont",
        "不认识",
        "amount",
    ),
    bad(
        "an entry with a kind of another list",
        head('incomes = [{ kind = "care" }]'),
        "members[0].incomes[0].kind",
        "care",
        "wage",
    ),
    bad(
        "an entry with a misspelt kind",
        household('expenses = [{ kind = "educaton" }]'),
        "expenses[0].kind",
        "educaton",
        "最接近的是 education",
    ),
    bad(
        "an entry with a wrong period",
        second('incomes = [{ kind = "wage", amount = 1, per = "week" }]'),
        "members[1].incomes[0].per",
        "week",
        "month",
    ),
    bad(
        "an entry with a period given as an integer",
        head('incomes = [{ kind = "wage", amount = 1, per = 12 }]'),
        "members[0].incomes[0].per",
        "12",
        "month",
    ),
    bad(
        "an entry with a negative amount",
        head('incomes = [{ kind = "wage", amount = -1, per = "year" }]'),
        "members[0].incomes[0].amount",
        "-1",
        "不能为负",
    ),
    bad(
        "an entry with an amount given as true",
        head('treatments = [{ setting = "inpatient", own_paid = true }]'),
        "members[0].treatments[0].own_paid",
        "true",
    ),
    bad(
        "a list of 201 entries", household("expenses = [" + '{ kind = "care" },' * 201 + "]"), "expenses", "201", "200"
    ),
]

KEYS_AND_MEMBERS = [
    bad("a misspelt household key", household("registred_poor = true"), "registred_poor", "不认识", "registered_poor"),
    bad("a misspelt member key", second("brith_date = 1978-03-02"), "members[1].brith_date", "不认识", "birth_date"),
    bad("a key like no other", household("zzzz = 1"), "zzzz", "不认识"),
    bad("an empty key", household('"" = 1'), '""', "不认识"),
    bad("a key with a line break", household('"zz\\nzz" = 1'), "zz\ufffdzz", "不认识"),
    bad("a key of a million letters", household(f"{'z' * 1_000_000} = 1"), "z" * 80, "不认识"),
    bad("a member fact at the top", household('school_stage = "primary"'), "school_stage", "[[members]]"),
    bad("a household fact within a member", second("registered_poor = true"), "members[1].registered_poor", "最外层"),
    bad("two heads", f"{TOP}{HEAD}{SECOND}{HEAD}", "members[2].relation", "members[0]", "一名户主"),
    bad(
        "two heads after a member that is none",
        f'{TOP}members = [7, {{ relation = "head" }}, {{ relation = "head" }}]',
        "members[0]",
        "7",
        also="members[2].relation",
    ),
    bad("no relation", f'{TOP}{HEAD}[[members]]\nname = "{OTHER_NAME}"\n', "members[1].relation", "没有写", "必填"),
    bad("no members", TOP, "members", "没有写", "至少一名"),
    bad("an empty list of members", f"{TOP}members = []\n", "members", "0 项", "至少一名"),
    bad("members given as an integer", f"{TOP}members = 3\n", "members", "3", "至少一名"),
    bad("members given as one table", f'{TOP}[members]\nrelation = "head"\n', "members", "一个表", "至少一名"),
    bad_json("members given as null", f'{{"region": "{REGION}", "members": null}}', "members", "null"),
    bad("a member that is a text", f'{TOP}members = [{{ relation = "head" }}, "{REGION}"]\n', "members[1]", "表"),
    bad("101 members", f"{TOP}{HEAD}{SECOND * 100}", "members", "101", "100"),
]

UNREADABLE = [
    bad("an empty file", "", "文件", "空"),
    bad_json("an empty JSON file", b"", "文件", "空"),
    bad("a file of white space", " \n\t\r\n", "文件", "空"),
    bad("a file of nothing but a byte order mark", b"\xef\xbb\xbf", "文件", "空"),
    bad("a file in GBK", GBK, f"第 {GBK.index(NAME.encode('gbk')) + 1} 字节", "UTF-8"),
    bad_json("a JSON file in GBK", GBK_JSON, f"第 {GBK_JSON.index(NAME.encode('gbk')) + 1} 字节", "UTF-8"),
    bad("a file in UTF-16", household("").encode("utf-16"), "第 1 字节", "UTF-8"),
    bad("a file in UTF-16 without a mark", UTF_16, f"第 {UTF_16.index(NAME.encode('utf-16-le')) + 1} 字节", "UTF-8"),
    bad("a file cut within a character", CUT_SHORT, f"第 {len(CUT_SHORT) - 1} 字节", "UTF-8"),
    bad("a file of NUL bytes", bytes(100), "第 1 行", "TOML"),
    bad("a NUL byte within a text", household('residence = "ru\0ral"'), "第 3 行", "TOML"),
    bad_json("a NUL byte within a JSON text", '{\n"region": "34\x0018"}', "第 2 行", "JSON"),
    bad("a text without quotes", household("residence = rural"), "第 3 行", "TOML"),
    bad("a text without its closing quote", household('residence = "rural'), "第 3 行", "TOML"),
    bad("a list without its closing bracket", f"{TOP}members = [", "文件末尾", "TOML"),
    bad("a key without a value", household("residence ="), "第 3 行", "TOML"),
    bad("a syntax error after an impossible day", head("birth_date = 1978-02-30\nsex = male"), "第 7 行", "TOML"),
    bad("a key given twice", household(f'region = "{REGION}"'), "第 3 行", "TOML"),
    bad("a member's key given twice", head('relation = "head"\n'), "第 6 行", "TOML"),
    bad("TOML in a JSON file", household(""), "第 1 行", "JSON", suffix=".json"),
    bad("JSON in a TOML file with an error of JSON", '{\n"region": }', "第 2 行", "JSON"),
    bad_json("a JSON list at the top", '[{"relation": "head"}]', "文件", "表"),
    bad_json("a JSON text at the top", f'"{REGION}"', "文件", "表"),
    bad_json("JSON null at the top", "null", "文件", "表"),
    bad_json("JSON without its end", f'{{\n"region": "{REGION}",\n', "第 ", "JSON"),
    bad_json("JSON with a comma too many", f'{{"region": "{REGION}",\n}}', "第 ", "JSON"),
    bad_json("JSON with something after its end", "{}\nx", "第 2 行", "JSON"),
    bad_json("a JSON key given twice", json_household(f'"region": "{REGION}"'), "region", "两次"),
    bad_json("a member's JSON key given twice", json_head('"relation": "head"'), "members[0].relation", "两次"),
    bad(
        "two JSON keys given twice",
        json_head('"sex": "male", "sex": "male", "relation": "head"'),
        "members[0].relation",
        "两次",
        also="members[0].sex",
        suffix=".json",
    ),
    bad_json("100,000 brackets in JSON", json_household(f'"homes": {"[" * DEEP}{"]" * DEEP}'), "文件", "嵌套"),
    bad_json("100,000 braces in JSON", '{"homes":' * DEEP, "文件", "嵌套"),
    bad("100,000 brackets in TOML", household(f"homes = {'[' * DEEP}{']' * DEEP}"), "文件", "嵌套"),
    bad("100,000 inline tables in TOML", household(f"homes = {'{homes=' * DEEP}"), "文件", "嵌套"),
]

SLOW_TO_READ = [
    bad("a key of 400,000 parts", household(f"{'a.' * 400_000}a = 1"), "文件", "嵌套"),
    bad("a key of 200,000 quoted parts", household("'a'." * 200_000 + "a = 1"), "文件", "嵌套"),
    bad(
        "a hexadecimal amount of 900,000 digits",
        household(f"homes = 1\nfinancial_assets = 0x{'f' * 900_000}"),
        "financial_assets",
        "数字",
    ),
    bad("a million quotes that never end", household('residence = "' + r"\"" * 500_000), "第 3 行", "TOML"),
    bad_json(
        "60,000 keys with the last given twice",
        "{" + "".join(f'"k{i}": 1, ' for i in range(60_000)) + '"k59999": 1}',
        "k59999",
        "两次",
    ),
]

CASES = [
    *AMOUNTS,
    *NUMBERS_AND_CHOICES,
    *DAYS,
    *CODES_AND_TEXTS,
    *IDENTITIES,
    *LISTS,
    *KEYS_AND_MEMBERS,
    *UNREADABLE,
    *SLOW_TO_READ,
]
BY_KIND = {case.kind: case for case in CASES}
each_kind = pytest.mark.parametrize("case", CASES, ids=[case.kind for case in CASES])


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Return the problems for which the library refuses a file."""
    with pytest.raises(InputError) as caught:
        read_household(path)
    return caught.value.problems


def check(path: Path) -> Result:
    """Return what ``bangfu check`` did with a file."""
    return CliRunner().invoke(main, ["check", str(path)])


def is_at(found: str, expected: str) -> bool:
    """Say whether a problem is where it should be; a line may go on with its column."""
    return found == expected or (expected.startswith("第 ") and found.startswith(expected))


def personal_in(message: str) -> list[str]:
    """Return the names, and the runs of eight characters of an ID number, that a message gives away."""
    runs = {number[i : i + 8] for number in ID_NUMBERS for i in range(11)}
    return [text for text in (NAME, OTHER_NAME, *runs) if text in message]


def test_there_are_more_than_55_kinds_of_bad_files() -> None:
    """Every kind is told once, and there are at least 55 of them."""
    assert len(BY_KIND) == len(CASES) >= 55


@each_kind
def test_the_library_names_the_place_and_the_problem(case: Bad, tmp_path: Path) -> None:
    """A bad file gives exactly its problems, each with a path, what was found and what is expected."""
    problems = problems_of(case.written(tmp_path))
    assert len(problems) == len(case.paths), problems
    for problem, path in zip(problems, case.paths, strict=True):
        assert is_at(problem.path, path)
        assert problem.found
        assert problem.expected
    for fragment in case.said:
        assert fragment in str(problems[0])


@each_kind
def test_the_command_reports_on_standard_error_and_exits_with_1(case: Bad, tmp_path: Path) -> None:
    """``bangfu check`` gives one line for the file and one for each problem, and no result."""
    result = check(case.written(tmp_path))
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    title, *lines = result.stderr.splitlines()
    assert title.startswith(f"household{case.suffix}")
    assert len(lines) == len(case.paths)
    for line, path in zip(lines, case.paths, strict=True):
        assert line.startswith(path)
    for fragment in case.said:
        assert fragment in lines[0]


@each_kind
def test_no_message_gives_away_a_name_or_an_id_number(case: Bad, tmp_path: Path) -> None:
    """Names and ID numbers stay out of every message, even where they stand in a wrong place."""
    with pytest.raises(InputError) as caught:
        read_household(case.written(tmp_path))
    assert personal_in(str(caught.value)) == []


@pytest.mark.parametrize(
    "kind",
    [
        "an impossible day",
        "a file in GBK",
        "an amount of 5000 digits",
        "a bool given as hexadecimal digits",
        "a choice with half a character",
        "100,000 brackets in JSON",
        "100,000 inline tables in TOML",
    ],
)
def test_a_real_process_shows_no_traceback(kind: str, tmp_path: Path) -> None:
    """``python -m bangfu check`` exits with 1, says what is wrong on standard error, and never shows a traceback."""
    case = BY_KIND[kind]
    command = [sys.executable, "-m", "bangfu", "check", str(case.written(tmp_path))]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stdout == b""
    message = done.stderr.decode()
    assert "Traceback" not in message
    assert case.paths[0] in message


@pytest.mark.parametrize("case", SLOW_TO_READ, ids=[case.kind for case in SLOW_TO_READ])
def test_no_small_file_takes_long(case: Bad, tmp_path: Path) -> None:
    """A file below the size limit is refused within seconds, however it is made."""
    path = case.written(tmp_path)
    begun = time.perf_counter()
    problems_of(path)
    assert time.perf_counter() - begun < 8


def test_a_file_of_100_megabytes_is_refused_unread(tmp_path: Path) -> None:
    """A file that is far too large is refused by its size: no more than a few megabytes are ever held."""
    path = tmp_path / "household.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    tracemalloc.start()
    problems = problems_of(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [problem.path for problem in problems] == ["文件"]
    assert "104,857,600" in problems[0].found
    assert most < 8 * 1024 * 1024
    assert check(path).exit_code == 1


TEN_ERRORS = f"""
region = "3418"
residence = "rurall"
on = 2021-06-01
financial_assets = -1
homes = true
registred_poor = true
expenses = [{{ kind = "care", amount = 1, per = "week" }}]
{HEAD}birth_date = 1978-02-30
{SECOND}disability_grade = 5
id_number = "{WRONG_CHECK}"
[[members]]
name = "{NAME}"
"""


def test_all_errors_of_a_file_are_reported_together(tmp_path: Path) -> None:
    """A file with ten different errors gives ten problems, an impossible day among them."""
    path = tmp_path / "household.toml"
    path.write_text(TEN_ERRORS, encoding="utf-8")
    problems = problems_of(path)
    assert sorted(problem.path for problem in problems) == [
        "expenses[0].per",
        "financial_assets",
        "homes",
        "members[0].birth_date",
        "members[1].disability_grade",
        "members[1].id_number",
        "members[2].relation",
        "region",
        "registred_poor",
        "residence",
    ]
    result = check(path)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1:] == [str(problem) for problem in problems]
    assert personal_in(result.stderr) == []


def test_the_same_errors_in_json_are_the_same_problems(tmp_path: Path) -> None:
    """The same data as JSON gives the same paths as TOML."""
    data = {
        "region": "3418",
        "on": "2021-06-01",
        "financial_assets": -1,
        "expenses": [{"kind": "care", "amount": 1, "per": "week"}],
        "members": [{"name": NAME, "relation": "head", "birth_date": "1978-02-30"}, {"name": OTHER_NAME}],
    }
    path = tmp_path / "household.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    assert sorted(problem.path for problem in problems_of(path)) == [
        "expenses[0].per",
        "financial_assets",
        "members[0].birth_date",
        "members[1].relation",
        "region",
    ]


def test_a_wrong_day_in_the_file_is_an_error_even_where_another_day_is_asked_for(tmp_path: Path) -> None:
    """``on`` in the file is checked although the caller's day overrides it."""
    path = tmp_path / "household.toml"
    path.write_text(f'region = "{REGION}"\non = "soon"\n{HEAD}', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_household(path, on=date(2021, 6, 1))
    assert [problem.path for problem in caught.value.problems] == ["on"]


def accepted(content: str | bytes, folder: Path, suffix: str = ".toml") -> Household:
    """Return the household of a file that is right."""
    return read_household(Bad("", content, suffix, (), ()).written(folder))


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        pytest.param(b"\xef\xbb\xbf" + household("").encode(), ".toml", id="a byte order mark"),
        pytest.param(b"\xef\xbb\xbf" + json_head('"sex": "male"').encode(), ".json", id="a byte order mark in JSON"),
        pytest.param(household("").replace("\n", "\r\n"), ".toml", id="lines that end as in Windows"),
        pytest.param(json_head('"sex": "male"'), ".toml", id="JSON in a file named TOML"),
        pytest.param(household("expenses = []"), ".toml", id="an empty list"),
        pytest.param(household("expenses = [" + '{ kind = "care" },' * 200 + "]"), ".toml", id="200 entries"),
        pytest.param(f"{TOP}{HEAD}{SECOND * 99}", ".toml", id="100 members"),
        pytest.param(head("birth_date = 2021-06-01"), ".toml", id="a birth on the day of assessment"),
        pytest.param(head(f'id_number = "{WITH_X.lower()}"'), ".toml", id="an ID number with a small x"),
        pytest.param(household("financial_assets = 1e3"), ".toml", id="an amount with a small exponent"),
        pytest.param(HEAD.replace(NAME, "柳\u3000禾").join((TOP, "")), ".toml", id="a name with a wide blank"),
        pytest.param(HEAD.replace(NAME, "柳\U00031350").join((TOP, "")), ".toml", id="a name with a rare character"),
        pytest.param(household("").replace(NAME, "1978-02-30"), ".toml", id="an impossible day within a text"),
        pytest.param(household("# on = 1978-02-30 a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r"), ".toml", id="a comment"),
    ],
)
def test_what_only_looks_bad_is_taken(content: str | bytes, suffix: str, tmp_path: Path) -> None:
    """A file at a limit, or with an oddity that no rule forbids, is no error."""
    path = Bad("", content, suffix, (), ()).written(tmp_path)
    assert read_household(path).region == REGION
    result = check(path)
    assert (result.exit_code, result.stderr) == (0, "")


def test_texts_stay_as_they_are_beside_an_impossible_day(tmp_path: Path) -> None:
    """Only the impossible day is an error: a day within a quoted text or a comment is left alone."""
    path = tmp_path / "household.toml"
    path.write_text(
        f'{TOP}[[members]]  # 1978-02-30\nname = "{NAME} 1978-02-30, 1978-02-31"\n'
        'relation = "head"\nbirth_date = 1978-02-30\naway_since = 2020-02-29\n',
        encoding="utf-8",
    )
    assert [problem.path for problem in problems_of(path)] == ["members[0].birth_date"]


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    """An amount of -0.0 is not negative, and is kept without its sign."""
    assert str(accepted(household("financial_assets = -0.0"), tmp_path).facts["financial_assets"]) == "0.00"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check", "missing.toml"], id="check of a missing file"),
        pytest.param(["check", "."], id="check of a directory"),
        pytest.param(["check"], id="check of nothing"),
        pytest.param(["check", "household.toml", "other.toml"], id="check of two files"),
        pytest.param(["plan", "missing.toml"], id="plan of a missing file"),
        pytest.param(["plan", "."], id="plan of a directory"),
        pytest.param(["plan", "household.toml", "--on", "2020-02-30"], id="plan on an impossible day"),
        pytest.param(["plan", "household.toml", "--on", "tomorrow"], id="plan on a word"),
        pytest.param(["plan", "household.toml", "--on", "0001-01-01"], id="plan on a day out of range"),
        pytest.param(["plan", "household.toml", "--on"], id="plan on no day"),
        pytest.param(["plan", "household.toml", "--format", "xml"], id="plan in an unknown format"),
        pytest.param(["chek", "household.toml"], id="an unknown command"),
    ],
)
def test_a_wrong_call_exits_with_2(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a directory or a wrong day is a wrong call: exit code 2, said on standard error only."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "household.toml").write_text(household(""), encoding="utf-8")
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr
