"""Parameters (参数): the numbers and choices that a place sets, each declared once."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from bangfu.declaring import checked, of_kinds
from bangfu.facts import Choice, Integer, Money, YesNo
from bangfu.facts.household import EXPENSE_LABELS, INCOME_LABELS


@frozen
class Ratio:
    """A multiple or share, not negative: a number of at most six decimals, or a fraction such as "2/3".

    Rules work with the fraction itself.
    """


@frozen(field_transformer=checked)
class Choices:
    """Any number of the keys of ``labels``."""

    labels: Mapping[str, str]


ParameterType = Money | Ratio | Integer | YesNo | Choice | Choices


@frozen(field_transformer=checked)
class Parameter:
    """A declared parameter: its name in packs, its type, what it means.

    ``periodic`` money is set with a ``per`` and enters rules as yuan a year.
    """

    name: str
    type: ParameterType = field(validator=of_kinds(ParameterType, "Money()"))
    label: str
    unit: str = ""
    periodic: bool = False

    @property
    def column(self) -> str:
        """The column under which rules refer to it."""
        return PREFIX + self.name


PREFIX = "policy:"

AMOUNT_METHODS = {"gap": "按实际差额", "classes": "按类别"}
RIGID_METHODS = {"share": "按支出占收入比例", "deduct": "扣除支出后比照边缘标准"}

CORE_PARAMETERS: tuple[Parameter, ...] = (
    Parameter("dibao.standard.rural", Money(), "农村低保标准", "元/人", periodic=True),
    Parameter("dibao.standard.urban", Money(), "城镇低保标准", "元/人", periodic=True),
    Parameter("dibao.amount", Choice(AMOUNT_METHODS), "低保金计算办法"),
    Parameter("dibao_single.jobless_disabled", YesNo(), "成年无业重度残疾人可单独申请低保"),
    Parameter("dibao_single.medical_cost", YesNo(), "自付医疗费超过家庭上年收入的边缘家庭成员可单独纳入"),
    Parameter("clergy.years", Integer(0, 100), "宗教教职人员脱离家庭满几年的不计入", "年"),
    Parameter("margin.multiple", Ratio(), "低保边缘收入倍数", "倍"),
    Parameter("disposable_income.rural", Money(), "上年度农村居民人均可支配收入", "元/人/年"),
    Parameter("disposable_income.urban", Money(), "上年度城镇居民人均可支配收入", "元/人/年"),
    Parameter("rigid.method", Choice(RIGID_METHODS), "刚性支出认定办法"),
    Parameter("rigid.share", Ratio(), "刚性支出占家庭收入的比例", "比例"),
    Parameter("rigid.kinds", Choices(EXPENSE_LABELS), "计入刚性支出的种类"),
    Parameter("income.excluded", Choices(INCOME_LABELS), "不计入家庭收入的项目"),
    Parameter("income.deduct_job_costs", YesNo(), "工资扣除必要的就业成本"),
    Parameter("minimum_wage", Money(), "最低工资标准", "元", periodic=True),
    Parameter("grace.months", Integer(0, 120), "渐退期", "个月"),
    Parameter("assets.financial_per_head", Money(), "人均金融资产限额", "元/人"),
    Parameter("assets.homes", Integer(0, 100), "住房套数限额", "套"),
    Parameter("assets.vehicles", Integer(0, 100), "机动车辆限额", "辆"),
    Parameter("assets.large_machinery", Integer(0, 100), "大型农机具限额", "台"),
    Parameter("assets.business_allowed", YesNo(), "允许登记企业或个体工商户"),
    Parameter("tekun.recognised", YesNo(), "施行特困人员供养"),
    Parameter("tekun.multiple", Ratio(), "特困基本生活标准为低保标准的倍数", "倍"),
    Parameter("tekun.income_excluded", Choices(INCOME_LABELS), "认定特困时另不计入的收入"),
)
