"""An incident is its timeline. Read in this order:

`entries` what may be said, `timeline` how it is kept, `fold` what follows from it, `policy` what is
still owed, `projections` the rows that queries read, `queries` and `routes` how it is done.
"""
