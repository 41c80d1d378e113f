"""A demo that replays two real stories through the HTTP API, as phones would have sent them."""
