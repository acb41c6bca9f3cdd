"""What HTTP makes of a refusal of the core."""

from http import HTTPStatus

from core.shared.errors import RefusalKind

STATUSES: dict[RefusalKind, HTTPStatus] = {
    RefusalKind.REFUSED: HTTPStatus.CONFLICT,
    RefusalKind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    RefusalKind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    RefusalKind.INVALID: HTTPStatus.BAD_REQUEST,
    RefusalKind.CONFLICT: HTTPStatus.CONFLICT,
    RefusalKind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}
