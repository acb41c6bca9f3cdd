"""Refusals of uploads."""

from core.shared.errors import Invalid, NotFound
from core.shared.language import N_


class UnknownUpload(NotFound):
    """No upload under this id, or it is another person's."""

    code = "unknown_upload"
    message = N_("There is no such upload of yours.")


class UploadTooLarge(Invalid):
    """More bytes than one release may have, or none. Field: ``limit``, in megabytes."""

    code = "upload_too_large"
    message = N_("Choose a file of at most {limit} MB. Nothing was loaded.")


class NothingToLoad(Invalid):
    """The upload is not one that waits to be loaded."""

    code = "nothing_to_load"
    message = N_("There is nothing to load: no row of the file can be taken, or it is loaded already.")
