"""Who is able to work, out of work, hard to place (就业困难人员), and until when a subsidy runs."""

from collections.abc import Iterable

from bangfu import (
    Derived,
    Expression,
    Level,
    by,
    choose,
    every,
    household,
    member,
    parameter,
    some,
    years_after,
    years_before,
)

WORKING = ("employed", "self_employed", "flexible", "farming")
JOBLESS = ("unemployed", "not_working")
_WORKING_AGE = 16
_N1_42, _N1_43, _N8, _S8 = "N1 art. 42", "N1 art. 43", "N8", "S8"


def _by_sex(name: str) -> Expression:
    return by(member.sex, {sex: parameter(f"{name}.{sex}") for sex in ("female", "male")})


def columns() -> Iterable[Derived]:
    """Return each ground of being hard to place, their sum, and the last day of a subsidy."""

    def of_member(name: str, value: Expression, label: str, source: str = _S8) -> Derived:
        return Derived(f"employment.{name}", Level.MEMBER, value, label, source)

    def of_household(name: str, value: Expression, label: str) -> Derived:
        return Derived(f"employment.{name}", Level.HOUSEHOLD, value, label, _N1_43)

    its = member.employment  # what this programme works out for a member; the fact of that name is the bare name
    begins = its.term_begins
    return [
        of_member("retirement_age", _by_sex("employment.retirement_age"), "法定退休年龄", _N8),
        of_member(
            "able",
            # The retirement age alone says who is too old.
            (member.age >= _WORKING_AGE) & (member.age < its.retirement_age) & ~member.unable_to_work,
            "法定劳动年龄内有劳动能力",
            _N1_42,
        ),
        of_member("working", member.employment.one_of(*WORKING), "在业", _N1_43),
        of_member("jobless", member.employment.one_of(*JOBLESS), "无业", _N1_42),
        of_member("hard_age", member.age >= _by_sex("employment.hard_age"), "大龄（4050）人员"),
        of_member("on_dibao", member.is_dibao | member.is_dibao_single, "低保对象"),
        of_member(
            "jobless_a_year",
            member.unemployed_since <= years_before(member.on, parameter("employment.jobless_years")),
            "失业满规定年数",
        ),
        of_member("dibao_jobless", its.on_dibao & its.jobless & its.jobless_a_year, "低保对象失业满规定年数"),
        of_member("graduate", member.college_graduate & (member.graduated_on <= member.on), "已从高校毕业"),
        of_member("jobless_graduate", its.graduate & its.jobless, "未就业高校毕业生"),
        of_member("idle_or_unable", ~its.able | ~its.working, "未在业或不能工作", _N1_43),
        of_household("nobody_works", every(its.idle_or_unable), "家中无人在业"),
        of_household("somebody_able", some(its.able), "家中有能工作的人"),
        of_household(
            "zero_household", household.employment.nobody_works & household.employment.somebody_able, "零就业家庭"
        ),
        of_member("retires_on", years_after(member.birth_date, its.retirement_age), "法定退休日", _N8),
        # A term counts from its beginning, and so does how near retirement is, whenever the office looks.
        of_member(
            "term_begins",
            choose((member.employment_subsidised, member.employment_subsidy_since), otherwise=member.on),
            "补贴期限起算日",
            _N8,
        ),
        of_member(
            "near_retirement",
            its.retires_on < years_after(begins, parameter("employment.near_retirement_years")),
            "开始享受时距法定退休不足规定年数",
            _N8,
        ),
        of_member(
            "until",
            choose(
                (its.near_retirement, its.retires_on),
                otherwise=years_after(begins, parameter("employment.term_years")),
            ),
            "补贴截止日",
            _N8,
        ),
    ]
