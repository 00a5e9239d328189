"""From a tree to a school and its students: read, verified, inspected. What follows from them is judged elsewhere."""
