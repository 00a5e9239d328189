"""`python -m licheng`: the same as the console command, for hooks that name one interpreter."""

from licheng.cli.main import run

run()
