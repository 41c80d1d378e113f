"""An incident is its timeline. Read in this order:

`entries` what may be said, `timeline` how it is kept, `fold` what follows from it (`state`),
`policy` what is still owed, `projections` the rows that queries read. Then how it is done: `routes`
call `opening` and `appending`, which call `queries`; the same id again is `replaying`.
"""
