"""From raw files to a folder of reports: build, open for a notebook, make what is missing or old.

In come the folders that a command names; out come processed tables and pages, whole or not at all,
made on one machine or by a cluster.
"""
