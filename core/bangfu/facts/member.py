"""The facts about one member of a household (人的事实), with what is presumed where one is absent."""

from __future__ import annotations

from bangfu.facts.declare import (
    NO_DAYS,
    PER_LABELS,
    Choice,
    Day,
    Fact,
    Field,
    Integer,
    Items,
    Level,
    Money,
    Presumption,
    Text,
    YesNo,
)
from bangfu.messages import in_words

RELATION_LABELS: dict[str, str] = in_words(
    {
        "head": "户主",
        "spouse": "配偶",
        "child": "子女",
        "child_in_law": "儿媳/女婿",
        "grandchild": "孙子女/外孙子女",
        "parent": "父母",
        "parent_in_law": "岳父母/公婆",
        "grandparent": "祖父母/外祖父母",
        "sibling": "兄弟姐妹",
        "other": "其他",
    }
)
WHEREABOUTS_LABELS: dict[str, str] = in_words(
    {
        "home": "在家",
        "away_working": "外出务工",
        "away_studying": "外出就学",
        "prison": "在监狱服刑",
        "compulsory_rehabilitation": "强制隔离戒毒",
        "missing": "宣告失踪",
        "clergy_away": "脱离家庭的宗教教职人员",
    }
)
STAGE_LABELS: dict[str, str] = in_words(
    {
        "none": "不在学",
        "preschool": "学前",
        "primary": "小学",
        "junior_secondary": "初中",
        "senior_secondary": "普通高中",
        "vocational_secondary": "中职",
        "junior_college": "大专（高职）",
        "undergraduate": "本科",
        "postgraduate": "研究生",
    }
)
DISABILITY_LABELS: dict[str, str] = in_words(
    {
        "none": "无残疾",
        "visual": "视力残疾",
        "hearing": "听力残疾",
        "speech": "言语残疾",
        "limb": "肢体残疾",
        "intellectual": "智力残疾",
        "mental": "精神残疾",
        "multiple": "多重残疾",
    }
)
INCOME_LABELS: dict[str, str] = in_words(
    {
        "wage": "工资",
        "business": "经营净收入",
        "property": "财产净收入",
        "transfer": "转移净收入",
        "other": "其他收入",
        "preferential_pension": "优待抚恤金",
        "family_planning_award": "计划生育奖励扶助",
        "scholarship": "奖学金助学金",
        "bravery_award": "见义勇为奖励",
        "social_assistance": "社会救助款物",
        "basic_pension": "居民养老保险基础养老金",
        "disability_subsidy": "残疾人两项补贴",
        "old_age_allowance": "高龄津贴",
    }
)
EMPLOYMENT_LABELS: dict[str, str] = in_words(
    {
        "employed": "受雇",
        "self_employed": "自营",
        "flexible": "灵活就业",
        "farming": "务农",
        "unemployed": "失业",
        "retired": "退休",
        "studying": "在学",
        "not_working": "未就业",
    }
)
LABOUR_LABELS: dict[str, str] = in_words({"able": "有劳动能力", "partial": "部分丧失劳动能力", "none": "无劳动能力"})
SCHOOL_KIND_LABELS: dict[str, str] = in_words({"public": "公办", "inclusive_private": "普惠性民办", "private": "民办"})
SETTING_LABELS: dict[str, str] = in_words({"inpatient": "住院", "outpatient_chronic": "门诊慢特病"})

_STAGE = Choice(STAGE_LABELS)
_DISABILITY = Choice(DISABILITY_LABELS)
_WORK = Choice(EMPLOYMENT_LABELS)
_LABOUR_CAPACITY = Choice(LABOUR_LABELS)

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


def _fact(name: str, type_: object, label: str, **more: object) -> Fact:
    return Fact(name, Level.MEMBER, type_, label, **more)  # type: ignore[arg-type]


def _money_items(kinds: dict[str, str], label: str) -> Items:
    return Items(
        "kind",
        (
            Field("kind", Choice(kinds), label, required=True),
            Field("amount", Money(), "金额"),
            Field("per", Choice(PER_LABELS), "周期", note=NO_DAYS),
        ),
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
    _fact("name", Text(), "姓名", personal=True),
    _fact("id_number", Text(id_number=True), "公民身份号码", personal=True),
    _fact("relation", Choice(RELATION_LABELS), "与户主关系", required=True),
    _fact("sex", Choice({"female": "女", "male": "男"}), "性别"),
    _fact("birth_date", Day(), "出生日期"),
    _fact(
        "lives_together",
        YesNo(),
        "共同生活",
        presumption=Presumption(value=True, text="未写明的，推定共同生活"),
    ),
    _fact(
        "whereabouts",
        Choice(WHEREABOUTS_LABELS),
        "现在何处",
        presumption=Presumption("'home'", "未写明的，推定在家"),
    ),
    _fact("away_since", Day(), "离家日期"),
    _fact("school_stage", _STAGE, "就读阶段", presumption=_SCHOOL_STAGE),
    _fact("school_year", Integer(1, 12), "年级（本阶段第几年）", applies="in_school"),
    _fact("boarding", YesNo(), "在校寄宿", presumption=_BOARDING),
    _fact("school_kind", Choice(SCHOOL_KIND_LABELS), "学校性质"),
    _fact("disability_kind", _DISABILITY, "残疾类别", presumption=_DISABILITY_KIND),
    _fact("disability_grade", Integer(1, 4), "残疾等级", applies="is_disabled"),
    _fact("serious_illness", YesNo(), "认定的重病患者", presumption=_PRESUMED_FALSE),
    _fact("labour_capacity", _LABOUR_CAPACITY, "劳动能力", presumption=_LABOUR),
    _fact(
        "self_care_lost",
        Integer(0, 6),
        "丧失的自理项数（六项中）",
        question="吃饭、穿衣、上下床、如厕、室内行走、洗澡六项中有几项不能自己完成？",
    ),
    _fact(
        "has_able_supporter",
        YesNo(),
        "户外有具备履行能力的法定义务人",
        question="户外是否有能够履行赡养、抚养、扶养义务的人？",
    ),
    _fact("orphan", YesNo(), "孤儿", presumption=_PRESUMED_FALSE),
    _fact(
        "supported_as_orphan",
        YesNo(),
        "已选择按孤儿或事实无人抚养儿童保障",
        presumption=Presumption("unknown if orphan else False", "不是孤儿的，推定没有选择", "N3 art. 9"),
    ),
    _fact("martyr_child", YesNo(), "烈士子女", presumption=_PRESUMED_FALSE),
    _fact(
        "incomes",
        _money_items(INCOME_LABELS, "收入种类"),
        "收入",
        presumption=_INCOMES,
        question="有哪些收入，各多少？没有收入的请明确写“无”。",
    ),
    _fact(
        "job_costs",
        Money(),
        "必要的就业成本（每年）",
        presumption=Presumption(0, "未写明的，推定没有就业成本"),
    ),
    _fact("employment", _WORK, "就业状况", presumption=_EMPLOYMENT),
    _fact("unemployed_since", Day(), "失业日期"),
    _fact("graduated_on", Day(), "高校毕业日期"),
    _fact(
        "job_refusals",
        Integer(0, 1000),
        "无正当理由连续拒绝介绍工作的次数",
        presumption=Presumption(0, "未写明的，推定没有拒绝"),
    ),
    _fact("wants_training", YesNo(), "有培训意愿"),
    _fact("wants_startup", YesNo(), "有创业意愿"),
    _fact("social_insurance_paid", Money(), "灵活就业自缴的社会保险费（每年）"),
    _fact("insured", YesNo(), "参加基本医疗保险"),
    _fact("treatments", _TREATMENTS, "本年度就医费用"),
)
