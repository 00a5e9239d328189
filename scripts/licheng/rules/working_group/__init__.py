"""The working group meets, is called by its convenor, sits by its seats and does what it resolved (伍)."""
