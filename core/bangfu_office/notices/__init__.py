"""Sheets to hand over: the plan, the determination notice, the refusal; as A4 pages and as PDF."""
