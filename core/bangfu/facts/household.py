"""The facts about a household as a whole (户的事实)."""

from __future__ import annotations

from bangfu.facts.declare import (
    NO_DAYS,
    PER_LABELS,
    Choice,
    Day,
    Digits,
    Fact,
    Field,
    Integer,
    Items,
    Level,
    Money,
    Presumption,
    Quantity,
    YesNo,
)
from bangfu.messages import in_words

CATEGORY_LABELS: dict[str, str] = in_words(
    {
        "tekun": "特困",
        "dibao": "低保",
        "dibao_single": "单人保",
        "margin": "低保边缘",
        "rigid_expenditure": "刚性支出困难",
        "watched": "防止返贫监测",
        "none": "不属于低收入",
    }
)
RESIDENCE_LABELS: dict[str, str] = in_words({"rural": "农村", "urban": "城镇"})
EXPENSE_LABELS: dict[str, str] = in_words(
    {
        "living": "基本生活",
        "medical": "医疗",
        "education": "教育",
        "disability_rehabilitation": "残疾康复",
        "care": "照料护理",
        "disaster": "灾害事故",
        "other": "其他",
    }
)
DWELLING_GRADES: dict[str, str] = in_words(
    {"A": "A 级（安全）", "B": "B 级（基本安全）", "C": "C 级（局部危险）", "D": "D 级（整体危险）"}
)

_NOT_ON_REGISTER = Presumption(value=False, text="名单上没有的，推定不是")


def _fact(name: str, type_: object, label: str, **more: object) -> Fact:
    return Fact(name, Level.HOUSEHOLD, type_, label, **more)  # type: ignore[arg-type]


HOUSEHOLD_FACTS: tuple[Fact, ...] = (
    _fact("region", Digits((6, 9, 12)), "行政区划代码", required=True),
    _fact("residence", Choice(RESIDENCE_LABELS), "户籍类别（农村/城镇）"),
    _fact("registered_poor", YesNo(), "建档立卡", presumption=_NOT_ON_REGISTER),
    _fact("watched_for_return_to_poverty", YesNo(), "防止返贫监测对象", presumption=_NOT_ON_REGISTER),
    _fact(
        "assets_within_limits",
        YesNo(),
        "家庭财产符合规定",
        presumption=Presumption(
            "assets_within_stated_limits", "没有财产核对结论的，按当地列明的财产限额判断", "N2 art. 14"
        ),
        question="家庭财产核对的结论是什么，是否在当地规定的限额以内？",
    ),
    _fact("financial_assets", Money(), "金融资产（存款、证券、基金、商业保险、债权）"),
    _fact("homes", Integer(0, 1000), "住房套数"),
    _fact("vehicles", Integer(0, 1000), "机动车辆数（残疾人代步车不计）"),
    _fact("large_machinery", Integer(0, 1000), "大型农机具数"),
    _fact("business_registered", YesNo(), "登记有企业或个体工商户"),
    _fact(
        "expenses",
        Items(
            "kind",
            (
                Field("kind", Choice(EXPENSE_LABELS), "支出种类", required=True),
                Field("amount", Money(), "金额"),
                Field("per", Choice(PER_LABELS), "周期", note=NO_DAYS),
            ),
        ),
        "近 12 个月家庭自付的支出",
        question="近 12 个月家庭自己负担的医疗、教育、康复、照料、受灾等支出各是多少？",
    ),
    _fact("appraised_amount", Money(), "民主评议确定的补助额（每人每年）"),
    _fact(
        "recognised_as",
        Choice(CATEGORY_LABELS | {"none": "没有认定"}),
        "目前已认定的类别",
        presumption=Presumption("'none'", "未写明的，推定目前没有认定"),
    ),
    _fact("recognised_on", Day(), "目前类别的认定日期"),
    _fact("recognised_amount", Money(), "目前实际领取的全户低保金（每年）"),
    _fact(
        "income_risen_on",
        Day(),
        "收入超过标准的日期",
        presumption=Presumption("on", "未写明的，推定为评估当日"),
    ),
    _fact("housing_difficulty", YesNo(), "城镇住房困难"),
    _fact("dwelling_grade", Choice(DWELLING_GRADES), "房屋危险等级"),
    _fact("dwelling_only", YesNo(), "唯一住房"),
    _fact("renovated_before", YesNo(), "以前享受过危房改造"),
    _fact("dwelling_area", Quantity("m²"), "住房面积（平方米）"),
)
