"""Assessments that were kept, told in words: what came out then, and what differs between two."""
