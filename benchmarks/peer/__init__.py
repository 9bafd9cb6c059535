"""bangfu beside its peers: the same households, the same rules, results compared before any time is taken."""
