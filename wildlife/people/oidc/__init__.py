"""Signing in by an identity provider (OpenID Connect Core 1.0, RFC 9700)."""
