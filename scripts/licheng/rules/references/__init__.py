"""What a record names must exist: terms, courses, items, staff, units, students."""
