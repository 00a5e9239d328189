"""The web platform."""  # noqa: A005  # the whole name is tests.platform
