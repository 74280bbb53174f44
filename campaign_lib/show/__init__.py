"""How anything is shown: tables, charts, pages, letters. Nothing is computed here.

In come frames and the reader's words; out come blocks that print in a page, in a letter and in a
terminal.
"""
