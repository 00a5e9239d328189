"""Many schools at once: a list of repositories, each judged apart, and counts of them all."""
