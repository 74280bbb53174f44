"""What an office fills in or gets back: survey forms, the workbook of problems, fixed allocations.

In come a campaign and its codebook; out go files for people who fill them in, send them back, or
correct what is wrong.
"""
