"""The regulation as data is whole and in force."""
