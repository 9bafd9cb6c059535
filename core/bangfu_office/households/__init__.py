"""Households (家庭) as an office works on them: registered, changed, seen in full; drafts of forms."""
