"""Workbooks as files: examined, then taken apart in a process of its own, which loads nothing but what is here."""
