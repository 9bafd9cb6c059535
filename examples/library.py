from bangfu import Rulebook, Status, make_plan, read_household

rulebook = Rulebook.load()
household = read_household("examples/household.toml", catalog=rulebook.catalog)
plan = make_plan(household, rulebook)
for support in plan.supports:
    if support.status is Status.ELIGIBLE and support.amount is not None:
        print(support.benefit.name, support.amount, support.benefit.source)
