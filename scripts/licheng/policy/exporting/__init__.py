"""Rosters going out to the agency: what is in them, why something is not, and what stands in each cell (伍.末)."""
