"""How large a file of data may be, for the address that takes it."""

from typing import Final

from core.uploads import MOST_BYTES

UPLOAD_PATH: Final = "/console/data/new"
# The file with the token that goes in the same form.
UPLOAD_FORM_BYTES: Final = MOST_BYTES + 100_000
