"""Reports: what there shall be, made where missing or out of date, and a list of them all."""
