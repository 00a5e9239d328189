"""What people sign: decisions, waivers, overrides, keys, delegations; and verifying it. What holds is `policy`'s."""
