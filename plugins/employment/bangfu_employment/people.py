"""Who is able to work, out of work, hard to place (就业困难人员), and until when a subsidy runs."""

from collections.abc import Iterable

import polars as pl

from bangfu import Derived, Level, Policy, across, all_of, any_of, every_of, some_of, switch, years_before

WORKING = ("employed", "self_employed", "flexible", "farming")
JOBLESS = ("unemployed", "not_working")
_WORKING_AGE = 16
_N1_43, _S8 = "N1 art. 43", "S8"


def _by_sex(policy: Policy, parameter: str) -> pl.Expr:
    sex = pl.col("sex")
    return (
        pl.when(sex == "female")
        .then(policy[f"{parameter}.female"])
        .when(sex == "male")
        .then(policy[f"{parameter}.male"])
    )


def _years_after(day: pl.Expr, years: pl.Expr) -> pl.Expr:
    return day.dt.offset_by(pl.concat_str(years.cast(pl.String), pl.lit("y")))


def _jobless_before(policy: Policy) -> pl.Expr:
    return years_before(pl.col("on"), policy["employment.jobless_years"])


def columns(policy: Policy) -> Iterable[Derived]:
    """Return each ground of being hard to place, their sum, and the last day of a subsidy."""

    def member(name: str, value: pl.Expr, label: str, source: str = _S8) -> Derived:
        return Derived(f"employment.{name}", Level.MEMBER, value, label, source)

    employment, on, begins = pl.col("employment"), pl.col("on"), pl.col("employment.term_begins")
    able, working = pl.col("employment.able"), pl.col("employment.working")
    in_hard_age = pl.col("age") >= _by_sex(policy, "employment.hard_age")
    return [
        member("retirement_age", _by_sex(policy, "employment.retirement_age"), "法定退休年龄", "N8"),
        member(
            "able",
            all_of(
                pl.col("age") >= _WORKING_AGE,
                pl.col("age") < pl.col("employment.retirement_age"),
                ~pl.col("unable_to_work"),  # the retirement age alone says who is too old
            ),
            "法定劳动年龄内有劳动能力",
            "N1 art. 42",
        ),
        member("working", employment.is_in(list(WORKING)), "在业", "N1 art. 43"),
        member("jobless", employment.is_in(list(JOBLESS)), "无业", "N1 art. 42"),
        member("hard_age", in_hard_age, "大龄（4050）人员"),
        member("on_dibao", any_of(pl.col("is_dibao"), pl.col("is_dibao_single")), "低保对象"),
        member("jobless_a_year", pl.col("unemployed_since") <= _jobless_before(policy), "失业满规定年数"),
        member(
            "dibao_jobless",
            all_of(pl.col("employment.on_dibao"), pl.col("employment.jobless"), pl.col("employment.jobless_a_year")),
            "低保对象失业满规定年数",
        ),
        member("graduate", all_of(pl.col("college_graduate"), pl.col("graduated_on") <= on), "已从高校毕业"),
        member(
            "jobless_graduate", all_of(pl.col("employment.graduate"), pl.col("employment.jobless")), "未就业高校毕业生"
        ),
        member("idle_or_unable", any_of(~able, ~working), "未在业或不能工作", _N1_43),
        across("employment.nobody_works", every_of(pl.col("employment.idle_or_unable")), "家中无人在业", _N1_43),
        across("employment.somebody_able", some_of(able), "家中有能工作的人", _N1_43),
        Derived(
            "employment.zero_household",
            Level.HOUSEHOLD,
            all_of(pl.col("employment.nobody_works"), pl.col("employment.somebody_able")),
            "零就业家庭",
            _N1_43,
        ),
        member(
            "retires_on", _years_after(pl.col("birth_date"), pl.col("employment.retirement_age")), "法定退休日", "N8"
        ),
        # A term counts from its beginning, and so does how near retirement is, whenever the office looks.
        switch(
            "employment.term_begins",
            Level.MEMBER,
            "employment_subsidised",
            {True: "employment_subsidy_since", False: "on"},
            label="补贴期限起算日",
            source="N8",
        ),
        member(
            "near_retirement",
            pl.col("employment.retires_on") < _years_after(begins, policy["employment.near_retirement_years"]),
            "开始享受时距法定退休不足规定年数",
            "N8",
        ),
        member(
            "until",
            pl.when(pl.col("employment.near_retirement"))
            .then(pl.col("employment.retires_on"))
            .when(~pl.col("employment.near_retirement"))
            .then(_years_after(begins, policy["employment.term_years"])),
            "补贴截止日",
            "N8",
        ),
    ]
