"""Refusals of identity."""

from core.shared.errors import DomainError, Invalid, NotFound, RefusalKind
from core.shared.language import N_


class UnknownPerson(NotFound):
    """No person under this id."""

    code = "unknown_person"
    message = N_("There is no such person here.")


class LinkExpired(DomainError):
    """A one-time link or code is unknown, used or older than its term. It is not said which."""

    code = "link_expired"
    message = N_("This link or code no longer works: it is good once and for ten minutes. Ask for a new one.")


class IdentityTaken(DomainError):
    """The messenger belongs to another person who already takes part."""

    code = "identity_taken"
    kind = RefusalKind.CONFLICT
    message = N_("This messenger already belongs to another account. Unlink it there first.")


class ConsentNeeded(DomainError):
    """The action keeps personal data, for which the person has not given consent."""

    code = "consent_needed"
    kind = RefusalKind.FORBIDDEN
    message = N_("For this we need your consent to keep your data. Read it and decide; reading stays open.")


class LaunchTooOld(DomainError):
    """A messenger opened the page more than a day ago, or by a clock that is ahead of ours."""

    code = "launch_too_old"
    kind = RefusalKind.FORBIDDEN
    message = N_(
        "The page was opened in the messenger more than a day ago. Close it and open it again from the bot."
    )


class LaunchUsed(DomainError):
    """Somebody has signed in by this opening of the page already."""

    code = "launch_used"
    kind = RefusalKind.FORBIDDEN
    message = N_("This opening of the page has been used. Close it and open it again from our bot's menu.")


class JourneyUsed(DomainError):
    """A browser came back from an identity provider with a journey that has ended already."""

    code = "journey_used"
    kind = RefusalKind.FORBIDDEN
    message = N_("This sign-in has been used or took longer than ten minutes. Begin again.")


class AnotherProof(DomainError):
    """The person has shown another account of the same identity provider before."""

    code = "another_proof"
    kind = RefusalKind.CONFLICT
    message = N_("Your account here is confirmed by another account of Gosuslugi. Unlink that one first.")


class NotAnAddress(Invalid):
    """The text is no address of electronic mail."""

    code = "not_an_address"
    message = N_("This does not look like an e-mail address. Write it like anna@example.org.")


class EnoughCodes(DomainError):
    """Three codes were asked for within an hour."""

    code = "enough_codes"
    kind = RefusalKind.CONFLICT
    message = N_("Three codes have been sent within an hour. Look into “Spam”, or try again in an hour.")


class MailNotSent(DomainError):
    """The mail server did not take the mail for this address."""

    code = "mail_not_sent"
    kind = RefusalKind.CONFLICT
    message = N_("The mail did not go out: no server takes it for this address. Check how it is written.")


class OwnRole(DomainError):
    """Somebody would give a role to themselves."""

    code = "own_role"
    kind = RefusalKind.FORBIDDEN
    message = N_("Nobody gives a role to themselves. Ask another administrator, or whoever runs the server.")


class NotInService(Invalid):
    """A role would be given for one service in which it lets one do nothing."""

    code = "not_in_service"
    message = N_(
        "In this service the role has nothing to do. Choose another one, or give the role for all of them."
    )


class LastAdministrator(DomainError):
    """Somebody would take the last role from themselves that lets them give roles."""

    code = "last_administrator"
    kind = RefusalKind.CONFLICT
    message = N_("This is your last role of an administrator. Another administrator can take it from you.")


class SignInNeeded(DomainError):
    """The action needs a known person."""

    code = "sign_in_needed"
    kind = RefusalKind.FORBIDDEN
    message = N_("Sign in first: open the chat and press “Start”, or use a one-time link.")


class LastWayIn(DomainError):
    """Nothing else would lead to the person."""

    code = "last_way_in"
    kind = RefusalKind.CONFLICT
    message = N_("This is your only way in. Link another messenger first.")
