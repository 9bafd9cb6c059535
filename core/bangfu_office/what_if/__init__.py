"""What if: the plan of a household as it would be with some facts changed, beside the plan as it is."""
