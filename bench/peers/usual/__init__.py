"""The usual way: the same endpoint with FastAPI, Pydantic and SQLAlchemy's async ORM.

Written as one who knows these tools would: models with relationships, a session a request, one
transaction, compiled statements cached, nothing loaded twice, a pool of the same size, the same
server. It gives the same guarantees: an id is filed once, case numbers have no gaps, an opening is
the first link of a digest chain, the informant is encrypted, a commit is durable. It shares the
service's codes, its conversion of coordinates and its encryption, which are not what is measured.

It does less, which is to its advantage: no text search, no list of what a record still owes, no
line in a log, no metrics, no road hazards; a replay answers its times in UTC.
"""
