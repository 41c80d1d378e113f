"""A demo that tells two stories through the HTTP API, as phones would have sent them."""
