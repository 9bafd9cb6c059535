"""The registry's migrations, run by Alembic when a registry is opened."""
