"""The files of an item are what the item says, and what the agency takes."""
