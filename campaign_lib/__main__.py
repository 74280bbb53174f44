"""`python -m campaign_lib` is the command `campaign`."""

from campaign_lib.cli import main

# Workers of a batch import this module again, and must not start another run.
if __name__ == "__main__":
    raise SystemExit(main())
