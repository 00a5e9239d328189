"""licheng (歷程): the student learning portfolios of a senior high school, as files in Git.

The layers, each importing only those below it: ``cli`` and ``site`` → ``app`` → ``demo`` → ``rules``,
``sources``, ``storage``, ``outputs``, ``signing`` → ``policy`` → ``core``.
"""

__version__ = "0.1.0"
