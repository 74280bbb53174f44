"""What the commune's quarterly report sums up beside the ten indicators.

Functions from the built tables of one quarter to small tables: villages by need, campaign sessions,
models, funding, loans. They know nothing of words, pages or editions.
"""
