"""Accounts (账号): sessions, tokens, known browsers, and how guessing and asking for too much are slowed down."""
