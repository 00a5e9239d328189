"""`python -m licheng`: the same as the console command, for hooks that name one interpreter."""

from licheng.cli.main import run

if __name__ == "__main__":  # a worker of `check` imports this module again
    run()
