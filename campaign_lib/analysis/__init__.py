"""Everything that is worked out from figures and answers, and nothing that is shown.

Audits, changes from build to build, quality, flows of poverty, years, visits, leeway, what
inspectors found. In come processed tables and panels; out come frames and small values, without a
word for a reader.
"""
