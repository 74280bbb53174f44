"""A made-up campaign of any size, to try the program on, to test it and to measure it."""

from campaign_sample.writing import write_sample

__all__ = ["write_sample"]
