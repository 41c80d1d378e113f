"""Whether somebody else could not be spoken to because of who they say that they are. Pure."""

import ssl


def is_of_certificate(error: BaseException | None) -> bool:
    """Whether an error, or what it came from, is that a certificate is not trusted."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
