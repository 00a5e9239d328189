"""The web platform."""  # the whole name is tests.platform
