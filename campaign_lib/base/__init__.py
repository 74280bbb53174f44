"""The values that everything speaks of, each small and whole.

A quarter, a figure's reference, an edition, a three-valued answer, a percentage in hundredths, a
file that is whole, a limit. In come texts and numbers; out go values that cannot be wrong, or one
sentence that says why.
"""
