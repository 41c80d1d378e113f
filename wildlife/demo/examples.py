"""Bodies for the OpenAPI document, in Chinese and in English: of the two stories and how they might
have gone on.

Each has the nil UUID where an id of one's own belongs, which no record may bear: what a click on
the documentation page sends as it stands is refused, and nobody files what nobody wrote.
"""

from typing import Final

from wildlife.web.document import Examples

NIL: Final = "00000000-0000-0000-0000-000000000000"


EXAMPLES: Final[Examples] = {}
