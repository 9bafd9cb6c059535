"""The facts about a household (户) and about its members (人), with what is presumed where one is absent."""

from __future__ import annotations

from typing import Any

from bangfu.facts.declare import (
    NO_DAYS,
    PER_LABELS,
    Choice,
    Day,
    Digits,
    Fact,
    FactType,
    Field,
    Integer,
    Items,
    Level,
    Money,
    Presumption,
    Quantity,
    Text,
    YesNo,
)
from bangfu.messages import _

CATEGORY_LABELS = {
    "tekun": _("特困"),
    "dibao": _("低保"),
    "dibao_single": _("单人保"),
    "margin": _("低保边缘"),
    "rigid_expenditure": _("刚性支出困难"),
    "watched": _("防止返贫监测"),
    "none": _("不属于低收入"),
}
RESIDENCE_LABELS = {"rural": _("农村"), "urban": _("城镇")}
EXPENSE_LABELS = {
    "living": _("基本生活"),
    "medical": _("医疗"),
    "education": _("教育"),
    "disability_rehabilitation": _("残疾康复"),
    "care": _("照料护理"),
    "disaster": _("灾害事故"),
    "other": _("其他"),
}
DWELLING_GRADES = {
    "A": _("A 级（安全）"),
    "B": _("B 级（基本安全）"),
    "C": _("C 级（局部危险）"),
    "D": _("D 级（整体危险）"),
}
RELATION_LABELS = {
    "head": _("户主"),
    "spouse": _("配偶"),
    "child": _("子女"),
    "child_in_law": _("儿媳/女婿"),
    "grandchild": _("孙子女/外孙子女"),
    "parent": _("父母"),
    "parent_in_law": _("岳父母/公婆"),
    "grandparent": _("祖父母/外祖父母"),
    "sibling": _("兄弟姐妹"),
    "other": _("其他"),
}
WHEREABOUTS_LABELS = {
    "home": _("在家"),
    "away_working": _("外出务工"),
    "away_studying": _("外出就学"),
    "prison": _("在监狱服刑"),
    "compulsory_rehabilitation": _("强制隔离戒毒"),
    "missing": _("宣告失踪"),
    "clergy_away": _("脱离家庭的宗教教职人员"),
}
STAGE_LABELS = {
    "none": _("不在学"),
    "preschool": _("学前"),
    "primary": _("小学"),
    "junior_secondary": _("初中"),
    "senior_secondary": _("普通高中"),
    "vocational_secondary": _("中职"),
    "junior_college": _("大专（高职）"),
    "undergraduate": _("本科"),
    "postgraduate": _("研究生"),
}
DISABILITY_LABELS = {
    "none": _("无残疾"),
    "visual": _("视力残疾"),
    "hearing": _("听力残疾"),
    "speech": _("言语残疾"),
    "limb": _("肢体残疾"),
    "intellectual": _("智力残疾"),
    "mental": _("精神残疾"),
    "multiple": _("多重残疾"),
}
INCOME_LABELS = {
    "wage": _("工资"),
    "business": _("经营净收入"),
    "property": _("财产净收入"),
    "transfer": _("转移净收入"),
    "other": _("其他收入"),
    "preferential_pension": _("优待抚恤金"),
    "family_planning_award": _("计划生育奖励扶助"),
    "scholarship": _("奖学金助学金"),
    "bravery_award": _("见义勇为奖励"),
    "social_assistance": _("社会救助款物"),
    "basic_pension": _("居民养老保险基础养老金"),
    "disability_subsidy": _("残疾人两项补贴"),
    "old_age_allowance": _("高龄津贴"),
}
EMPLOYMENT_LABELS = {
    "employed": _("受雇"),
    "self_employed": _("自营"),
    "flexible": _("灵活就业"),
    "farming": _("务农"),
    "unemployed": _("失业"),
    "retired": _("退休"),
    "studying": _("在学"),
    "not_working": _("未就业"),
}
LABOUR_LABELS = {"able": _("有劳动能力"), "partial": _("部分丧失劳动能力"), "none": _("无劳动能力")}
SCHOOL_KIND_LABELS = {"public": _("公办"), "inclusive_private": _("普惠性民办"), "private": _("民办")}
SETTING_LABELS = {"inpatient": _("住院"), "outpatient_chronic": _("门诊慢特病")}

_NOT_ON_REGISTER = Presumption(value=False, text="名单上没有的，推定不是")
_PRESUMED_FALSE = Presumption(value=False, text="未写明的，推定不是")
_SCHOOL_STAGE = Presumption("'none' if age < 3 or age > 24 else unknown", "不满 3 周岁或超过 24 周岁的，推定不在学")
_BOARDING = Presumption("False if school_stage == 'none' else unknown", "不在学的，推定不寄宿")
_DISABILITY_KIND = Presumption(
    "unknown if is_stated(disability_grade) else 'none'", "未写明残疾类别和等级的，推定无残疾"
)
_LABOUR = Presumption(
    "'none' if presumed_unable else 'able' if disability_kind == 'none' else 'partial'",
    "未满 16 或年满 60 周岁、残疾属于 N3 第五条所列、本科及以下在学的推定无劳动能力，"
    "其他残疾推定部分丧失，其余推定有劳动能力",
    "N3 art. 5",
)
_INCOMES = Presumption("0 if age < 16 else unknown", "未满 16 周岁的，推定没有收入")
_EMPLOYMENT = Presumption(
    "'not_working' if age < 16 or age >= 60 else unknown", "未满 16 周岁或年满 60 周岁的，推定未就业"
)


def _of_household(name: str, kind: FactType, label: str, presumption: Presumption | None = None, **more: Any) -> Fact:
    return Fact(name, Level.HOUSEHOLD, kind, label, presumption, **more)


def _of_member(name: str, kind: FactType, label: str, presumption: Presumption | None = None, **more: Any) -> Fact:
    return Fact(name, Level.MEMBER, kind, label, presumption, **more)


def _money_items(kinds: dict[str, str], label: str) -> Items:
    return Items(
        "kind",
        (
            Field("kind", Choice(kinds), label, required=True),
            Field("amount", Money(), "金额"),
            Field("per", Choice(PER_LABELS), "周期", note=NO_DAYS),
        ),
    )


HOUSEHOLD_FACTS: tuple[Fact, ...] = (
    _of_household("region", Digits((6, 9, 12)), "行政区划代码", required=True),
    _of_household("residence", Choice(RESIDENCE_LABELS), "户籍类别（农村/城镇）"),
    _of_household("registered_poor", YesNo(), "建档立卡", _NOT_ON_REGISTER),
    _of_household("watched_for_return_to_poverty", YesNo(), "防止返贫监测对象", _NOT_ON_REGISTER),
    _of_household(
        "assets_within_limits",
        YesNo(),
        "家庭财产符合规定",
        Presumption("assets_within_stated_limits", "没有财产核对结论的，按当地列明的财产限额判断", "N2 art. 14"),
        question="家庭财产核对的结论是什么，是否在当地规定的限额以内？",
    ),
    _of_household("financial_assets", Money(), "金融资产（存款、证券、基金、商业保险、债权）"),
    _of_household("homes", Integer(0, 1000), "住房套数"),
    _of_household("vehicles", Integer(0, 1000), "机动车辆数（残疾人代步车不计）"),
    _of_household("large_machinery", Integer(0, 1000), "大型农机具数"),
    _of_household("business_registered", YesNo(), "登记有企业或个体工商户"),
    _of_household(
        "expenses",
        _money_items(EXPENSE_LABELS, "支出种类"),
        "近 12 个月家庭自付的支出",
        question="近 12 个月家庭自己负担的医疗、教育、康复、照料、受灾等支出各是多少？",
    ),
    _of_household("appraised_amount", Money(), "民主评议确定的补助额（每人每年）"),
    _of_household(
        "recognised_as",
        Choice(CATEGORY_LABELS | {"none": "没有认定"}),
        "目前已认定的类别",
        Presumption("'none'", "未写明的，推定目前没有认定"),
    ),
    _of_household("recognised_on", Day(), "目前类别的认定日期"),
    _of_household("recognised_amount", Money(), "目前实际领取的全户低保金（每年）"),
    _of_household("income_risen_on", Day(), "收入超过标准的日期", Presumption("on", "未写明的，推定为评估当日")),
    _of_household("housing_difficulty", YesNo(), "城镇住房困难"),
    _of_household("dwelling_grade", Choice(DWELLING_GRADES), "房屋危险等级"),
    _of_household("dwelling_only", YesNo(), "唯一住房"),
    _of_household("renovated_before", YesNo(), "以前享受过危房改造"),
    _of_household("dwelling_area", Quantity("m²"), "住房面积（平方米）"),
)

_TREATMENTS = Items(
    "setting",
    (
        Field("setting", Choice(SETTING_LABELS), "就医方式", required=True),
        Field("covered", Money(), "政策范围内费用"),
        Field("basic_paid", Money(), "基本医保支付"),
        Field("serious_illness_paid", Money(), "大病保险支付"),
        Field("other_paid", Money(), "其他保险和救助支付"),
        Field("own_paid", Money(), "个人自付"),
    ),
)
MEMBER_FACTS: tuple[Fact, ...] = (
    _of_member("name", Text(), "姓名", personal=True),
    _of_member("id_number", Text(id_number=True), "公民身份号码", personal=True),
    _of_member("relation", Choice(RELATION_LABELS), "与户主关系", required=True),
    _of_member("sex", Choice({"female": "女", "male": "男"}), "性别"),
    _of_member("birth_date", Day(), "出生日期"),
    _of_member("lives_together", YesNo(), "共同生活", Presumption(value=True, text="未写明的，推定共同生活")),
    _of_member("whereabouts", Choice(WHEREABOUTS_LABELS), "现在何处", Presumption("'home'", "未写明的，推定在家")),
    _of_member("away_since", Day(), "离家日期"),
    _of_member("school_stage", Choice(STAGE_LABELS), "就读阶段", _SCHOOL_STAGE),
    _of_member("school_year", Integer(1, 12), "年级（本阶段第几年）", applies="in_school"),
    _of_member("boarding", YesNo(), "在校寄宿", _BOARDING),
    _of_member("school_kind", Choice(SCHOOL_KIND_LABELS), "学校性质"),
    _of_member("disability_kind", Choice(DISABILITY_LABELS), "残疾类别", _DISABILITY_KIND),
    _of_member("disability_grade", Integer(1, 4), "残疾等级", applies="is_disabled"),
    _of_member("serious_illness", YesNo(), "认定的重病患者", _PRESUMED_FALSE),
    _of_member("labour_capacity", Choice(LABOUR_LABELS), "劳动能力", _LABOUR),
    _of_member(
        "self_care_lost",
        Integer(0, 6),
        "丧失的自理项数（六项中）",
        question="吃饭、穿衣、上下床、如厕、室内行走、洗澡六项中有几项不能自己完成？",
    ),
    _of_member(
        "has_able_supporter",
        YesNo(),
        "户外有具备履行能力的法定义务人",
        question="户外是否有能够履行赡养、抚养、扶养义务的人？",
    ),
    _of_member("orphan", YesNo(), "孤儿", _PRESUMED_FALSE),
    _of_member(
        "supported_as_orphan",
        YesNo(),
        "已选择按孤儿或事实无人抚养儿童保障",
        Presumption("unknown if orphan else False", "不是孤儿的，推定没有选择", "N3 art. 9"),
    ),
    _of_member("martyr_child", YesNo(), "烈士子女", _PRESUMED_FALSE),
    _of_member(
        "incomes",
        _money_items(INCOME_LABELS, "收入种类"),
        "收入",
        _INCOMES,
        question="有哪些收入，各多少？没有收入的请明确写“无”。",
    ),
    _of_member("job_costs", Money(), "必要的就业成本（每年）", Presumption(0, "未写明的，推定没有就业成本")),
    _of_member("employment", Choice(EMPLOYMENT_LABELS), "就业状况", _EMPLOYMENT),
    _of_member("unemployed_since", Day(), "失业日期"),
    _of_member("graduated_on", Day(), "高校毕业日期"),
    _of_member(
        "job_refusals", Integer(0, 1000), "无正当理由连续拒绝介绍工作的次数", Presumption(0, "未写明的，推定没有拒绝")
    ),
    _of_member("wants_training", YesNo(), "有培训意愿"),
    _of_member("wants_startup", YesNo(), "有创业意愿"),
    _of_member("social_insurance_paid", Money(), "灵活就业自缴的社会保险费（每年）"),
    _of_member("insured", YesNo(), "参加基本医疗保险"),
    _of_member("treatments", _TREATMENTS, "本年度就医费用"),
)
