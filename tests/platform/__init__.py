"""Tests of the web platform."""  # noqa: A005 - `tests.platform`, never a top-level module
