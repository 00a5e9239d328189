"""Tests of the built site."""  # noqa: A005 - `tests.site`, never a top-level module
