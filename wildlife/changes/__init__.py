"""What is new, for other systems: each entry once, as its reader is told of it, in an order that
nothing is put into afterwards (`wildlife.ledger`)."""
