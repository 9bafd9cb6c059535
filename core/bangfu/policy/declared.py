"""What a pack declares (政策包的声明): programmes, facts and parameters, as a plugin does in Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bangfu.errors import RuleError
from bangfu.facts import Choice, Day, Fact, FactType, Integer, Level, Money, Presumption, Quantity, Text, YesNo
from bangfu.files.tables import Tables
from bangfu.files.values import describe
from bangfu.messages import _
from bangfu.policy.parameters import Choices, Parameter, ParameterType, Ratio
from bangfu.rules.language.misuse import must_be_sayable
from bangfu.rules.language.text import expression_of

LEVELS = {"household": _("户"), "member": _("人")}
_FACT_TYPES = {
    "yes_no": _("是否"), "money": _("金额"), "integer": _("整数"), "quantity": _("数量"), "choice": _("选项"),
    "day": _("日期"), "text": _("文本"),
}  # fmt: skip
_PARAMETER_TYPES = {
    "money": _("金额"), "ratio": _("比例、倍数"), "integer": _("整数"), "yes_no": _("是否"),
    "choice": _("选项"), "choices": _("多选"),
}  # fmt: skip
_FACT_KEYS = (
    "name", "level", "type", "label", "question", "labels", "unit", "least", "most", "applies", "presumed",
)  # fmt: skip
_MOST = 1_000_000
VERSION_KEYS = ("value", "per", "source", "verified", "from", "until")
PARAMETER_KEYS = ("name", "type", "label", "unit", "labels", "least", "most", *VERSION_KEYS)


def programmes_in(data: Mapping[str, Any], read: Tables) -> Iterator[Mapping[str, str]]:
    """Yield the ``[[programme]]`` tables: code, name, department."""
    for path, table in read.rows(data, "programme", ("code", "name", "department")):
        code = read.text(table, path, "code", needed=True)
        if "." in code:
            read.wrong(f"{path}.code", describe(code), _("一个词；其待遇的代码写作“代码.名称”"))
        yield {"code": code, "name": read.text(table, path, "name"), "department": read.text(table, path, "department")}


def facts_in(data: Mapping[str, Any], read: Tables) -> Iterator[Fact]:
    """Yield the ``[[fact]]`` tables as facts."""
    for path, table in read.rows(data, "fact", _FACT_KEYS):
        before = len(read.problems)
        name, label = read.text(table, path, "name", needed=True), read.text(table, path, "label", needed=True)
        _must_be_sayable(name, path, read)
        kind: FactType = _type(table, path, _FACT_TYPES, read)
        if isinstance(kind, Text) and "presumed" in table:
            read.wrong(f"{path}.presumed", _("文本事实的推定"), _("不写推定：没有规则读文本"))
        fact = Fact(
            name,
            level_of(table, path, read),
            kind,
            label,
            _presumption(table, kind, path, read),
            read.text(table, path, "question"),
            personal=isinstance(kind, Text),
            applies=read.text(table, path, "applies"),
        )
        if len(read.problems) == before:
            yield fact


def parameters_in(data: Mapping[str, Any], read: Tables) -> Mapping[str, Parameter]:
    """Return the ``[[parameter]]`` tables as parameters by name; a name again is another version of its value."""
    made: dict[str, Parameter] = {}
    for path, table in read.rows(data, "parameter", PARAMETER_KEYS):
        before = len(read.problems)
        name = read.text(table, path, "name", needed=True)
        _must_be_sayable(name, path, read)
        if name in made and "type" not in table:
            continue
        kind: ParameterType = _type(table, path, _PARAMETER_TYPES, read)
        label = read.text(table, path, "label", needed=True)
        parameter = Parameter(
            name, kind, label, read.text(table, path, "unit"), periodic=isinstance(kind, Money) and "per" in table
        )
        if name in made and made[name] != parameter:
            read.wrong(path, _("又一次声明了 {name}，内容却不同", name=name), _("相同的声明，或只写数值和起止日期"))
        elif len(read.problems) == before:
            made[name] = parameter
    return made


def _must_be_sayable(name: str, path: str, read: Tables) -> None:
    try:
        if name and not all(part.isidentifier() for part in name.split(".")):
            read.wrong(f"{path}.name", describe(name), _("由字母、数字和下划线组成的词，以点相连"))
        must_be_sayable(name)
    except RuleError as error:
        read.wrong(f"{path}.name", describe(name), _("算式中能写的名称"), error.message)


def level_of(table: Mapping[str, Any], path: str, read: Tables) -> Level:
    """Return whom a table is about, which it must say."""
    if "level" not in table:
        read.wrong(f"{path}.level", _("没有写"), _("household（户）或 member（人）"))
    return Level(read.word(table, path, "level", LEVELS, "household"))


def _type(table: Mapping[str, Any], path: str, labels: Mapping[str, str], read: Tables) -> Any:
    """Return the type that a table declares, one of those that have a label."""
    if "type" not in table:
        read.wrong(f"{path}.type", _("没有写"), ", ".join(labels))
        return YesNo()
    match read.word(table, path, "type", labels, "yes_no"):
        case "money":
            return Money()
        case "ratio":
            return Ratio()
        case "integer":
            return _integer(table, path, read)
        case "quantity":
            return Quantity(read.text(table, path, "unit", needed=True))
        case "choice":
            return Choice(read.labels(table, path))
        case "choices":
            return Choices(read.labels(table, path))
        case "day":
            return Day()
        case "text":
            return Text()
    return YesNo()


def _integer(table: Mapping[str, Any], path: str, read: Tables) -> Integer:
    least, most = (
        read.scalar(f"{path}.{key}", Integer(0, _MOST), table.get(key, default))
        for key, default in (("least", 0), ("most", _MOST))
    )
    if least is not None and most is not None and least > most:
        read.wrong(f"{path}.most", str(most), _("不小于 {least}；否则没有可取的值", least=least))
    return Integer(least or 0, _MOST if most is None else most)


def _presumption(table: Mapping[str, Any], kind: FactType, path: str, read: Tables) -> Presumption | None:
    """Return what holds where the fact is not stated: a formula, with the words for it."""
    found = table.get("presumed")
    if found is None:
        return None
    path = f"{path}.presumed"
    if not isinstance(found, dict) or "value" not in found:
        read.wrong(path, describe(found), _('一个表，如 { value = false, text = "未写明的，推定不是" }'))
        return None
    read.keys(found, path, ("value", "text", "source"))
    value = found["value"]
    if isinstance(value, str):
        try:
            expression_of(value)
        except RuleError as error:
            read.wrong(f"{path}.value", describe(value), _("算式"), error.message)
    elif isinstance(value, bool | int) and not isinstance(kind, Text):
        read.scalar(f"{path}.value", kind, value)
    else:
        read.wrong(f"{path}.value", describe(value), _("true、false、整数或算式"))
    text = read.text(found, path, "text", needed=True)
    return Presumption(value, text, read.text(found, path, "source"))
