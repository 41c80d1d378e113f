"""Of tests that ask as much as they can."""

from msgspec.structs import replace

from wildlife.settings import Settings


def unhurried(settings: Settings) -> Settings:
    """The same for a service that refuses nobody for how many they send."""
    most = 1_000_000
    return replace(settings, account_requests_per_minute=most, address_refusals_per_minute=most)
