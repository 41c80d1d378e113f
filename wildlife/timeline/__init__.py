"""An incident is its timeline. Read in this order:

`entries` what may be said, `chain` how it is kept, `fold` what follows from it (`state`), `policy`
what is still owed, `rows` what queries read. Then how it is done: `routes` call `opening` and
`appending`, which call `queries`; the same id again is `replaying`.
"""
