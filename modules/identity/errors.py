"""What the identity module refuses."""

from modules.errors import DomainError


class UsernameTaken(DomainError):
    """Somebody has this name already."""

    code = "username_taken"


class EmailTaken(DomainError):
    """Somebody has this e-mail address already, in whatever mixture of cases."""

    code = "email_taken"
