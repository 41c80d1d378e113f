"""What a phone gathered without a network, sent in one request."""
