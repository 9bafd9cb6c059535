"""The browser and the running desk, for every test here."""

from live_desk import chromium, desk, opened

__all__ = ["chromium", "desk", "opened"]
