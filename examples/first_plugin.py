from bangfu import Benefit, Level, Money, Parameter, Programme, hookimpl, member, parameter


@hookimpl
def parameters():
    return [Parameter("transport.school", Money(), "上学交通补助标准", "元/人/年")]


@hookimpl
def programmes(policy):
    pupil_bus = Benefit(
        "transport.school",
        "上学交通补助",
        Level.MEMBER,
        when=[member.school_stage.one_of("primary", "junior_secondary")],
        amount=parameter("transport.school"),
        source="试点办法第二条",
    )
    return [Programme("transport", "交通补助", "交通局", [pupil_bus])]
