from bangfu import Rulebook, make_plan, read_household, value, what_if

rulebook = Rulebook.load()
household = read_household("examples/household.toml", catalog=rulebook.catalog)
print(value(household, "income_year", rulebook))
print(make_plan(household, rulebook).support("education.senior_secondary.national_grant", 2))
print(what_if(household, {"members[2].boarding": False, "residence": "urban"}, rulebook))
print(household.with_({"members[1].incomes": []}).members[1]["incomes"])
