"""What was built, and what is held of earlier builds.

Processed tables, the slice that a report reads, snapshots, quarters that were locked. In come
finished tables; out go files in `data/processed`, and the same tables read from them.
"""
