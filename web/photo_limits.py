"""How large a photo may be: as in Telegram, so that what goes through one door goes through the other."""

from typing import Final

PHOTO_PATH: Final = "/chat/photos"
PHOTO_LIMIT_MB: Final = 10
PHOTO_LIMIT_BYTES: Final = PHOTO_LIMIT_MB * 1_000_000
# The file with the words and the token that go in the same form.
PHOTO_FORM_BYTES: Final = PHOTO_LIMIT_BYTES + 100_000
