"""An incident is its timeline. Read in this order:

`entry` what may be said of any incident, `kind` what a kind of incident adds, `chain` how it is
kept, `correcting` and `fold` what follows from it (`incident`), `policy` what is still owed, `rows`
what queries read. Then how it is done: `routes` call `opening` and `appending`, which call
`queries`; the same id again is `replaying`, what can't stand is `refusing`, and `verifying` checks
all of it.
"""
