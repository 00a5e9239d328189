"""A map over students, in one process or several, and what they add up to. Which rules there are, `rules` knows."""
