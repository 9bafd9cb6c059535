"""The kit for whoever adds a programme: scenario files, a template, checks of a plugin."""
