"""What the notebooks tell: a folder a notebook, its sections, and the tables that it alone shows.

In come a built campaign and a notebook's parameters; out come passages, a section each.
"""
