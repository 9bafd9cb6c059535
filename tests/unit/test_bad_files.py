"""Bad household files: each gives a clear error that names the place, exit code 1, and never a traceback."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from _pytest.mark.structures import ParameterSet

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

    content: str | bytes
    suffix: str
    paths: tuple[str, ...]
    said: tuple[str, ...]


def bad(kind: str, content: str | bytes, path: str, *said: str, suffix: str = ".toml", also: str = "") -> ParameterSet:
    """Return one kind of bad file as a test case with a sentence as its id."""
    return pytest.param(Bad(content, suffix, (path, also) if also else (path,), said), id=kind)


def bad_json(kind: str, content: str | bytes, path: str, *said: str) -> ParameterSet:
    """Return one kind of bad JSON file."""
    return bad(kind, content, path, *said, suffix=".json")


GBK = household("").encode("gbk")
UTF_16_PLAIN = household("").encode("utf-16-le")
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
    bad(
        "an integer given as null", json_head('"job_refusals": null'), "members[0].job_refusals", "null", suffix=".json"
    ),
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
    bad("a day given as an integer", head("birth_date = 19780302"), "members[0].birth_date", "数字", "日期"),
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
        f'{TOP}{HEAD}id_number = "{WITH_X}"\n{SECOND}id_number = "{WITH_X.lower()}"\n',
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
    bad("a list of 201 entries", household(f"expenses = [{'{ kind = "care" },' * 201}]"), "expenses", "201", "200"),
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
    bad_json("a JSON file in GBK", json_head(f'"name": "{NAME}"').encode("gbk"), "第 ", "UTF-8"),
    bad("a file in UTF-16", household("").encode("utf-16"), "第 1 字节", "UTF-8"),
    bad("a file in UTF-16 without a mark", UTF_16_PLAIN, "第 ", "UTF-8"),
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
    bad("two JSON keys given twice", json_head('"sex": "male", "sex": "male", "relation": "head"'),
        "members[0].relation", "两次", also="members[0].sex", suffix=".json"),
    bad_json("100,000 brackets in JSON", json_household(f'"homes": {"[" * DEEP}{"]" * DEEP}'), "文件", "嵌套"),
    bad_json("100,000 braces in JSON", '{"homes":' * DEEP, "文件", "嵌套"),
    bad("100,000 brackets in TOML", household(f"homes = {'[' * DEEP}{']' * DEEP}"), "文件", "嵌套"),
    bad("100,000 inline tables in TOML", household(f"homes = {'{homes=' * DEEP}"), "文件", "嵌套"),
]  # fmt: skip

SLOW_TO_READ = [
    bad("a key of 400,000 parts", household(f"{'a.' * 400_000}a = 1"), "文件", "嵌套"),
    bad("a key of 200,000 quoted parts", household(f'{"'a'." * 200_000}a = 1'), "文件", "嵌套"),
    bad("a hexadecimal amount of 900,000 digits", household(f"homes = 1\nfinancial_assets = 0x{'f' * 900_000}"),
        "financial_assets", "数字"),
    bad("a million quotes that never end", household(f'residence = "{"\\\"" * 500_000}'), "第 3 行", "TOML"),
    bad_json("60,000 keys with the last given twice", f'{{{"".join(f'"k{i}": 1, ' for i in range(60_000))}"k59999": 1}}',
             "k59999", "两次"),
]  # fmt: skip

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
