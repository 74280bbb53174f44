"""The office's counter: what the commands do, as a page in the browser of this machine alone.

In come a data folder and a folder of reports; out go a page, files that were handed in at their
places, and commands that were run. It computes nothing: `standing` says what there is, and every
button runs the command of its name (docs/decisions/18).
"""
