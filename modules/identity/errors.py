"""What the identity module refuses."""

from modules.errors import DomainError


class UsernameTaken(DomainError):
    """Somebody has this name already, in whatever mixture of cases."""

    code = "username_taken"


class EmailTaken(DomainError):
    """Somebody has this e-mail address already, in whatever mixture of cases."""

    code = "email_taken"


class InvalidCredentials(DomainError):
    """No active account has this name and password; which of the two is wrong is not said."""

    code = "invalid_credentials"


class SessionEnded(DomainError):
    """A refresh token opens nothing any more, or never did."""

    code = "session_ended"


class WrongPassword(DomainError):
    """The current password, asked for before it is changed, is another."""

    code = "wrong_password"


class PasswordRequired(DomainError):
    """The change is made only with the current password, and there is none."""

    code = "password_required"


class WeakPassword(DomainError):
    """The new password is too short, too common, or too like its owner."""

    code = "weak_password"


class UnusablePreferences(DomainError):
    """The preferences would grow too large to keep."""

    code = "unusable_preferences"
