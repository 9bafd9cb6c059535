"""Policy as an office reads it: the handbook of a place and day as a page, on the desk, and compared with another."""
