"""The web desk under load, beside OpenFisca's web API."""
