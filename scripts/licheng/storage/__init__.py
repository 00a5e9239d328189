"""Writing, all or nothing: plans of files, folders that appear whole, private files. What is written others decide."""
