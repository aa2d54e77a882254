"""The one error tree: three branches by who can act on the error."""


class BachataError(Exception):
    """Anything this application raises on purpose."""


class DomainError(BachataError):
    """The rule says no; ``code`` is stable and the text is a sentence for people."""

    code = "refused"


class TransientError(BachataError):
    """It may work when tried again, after a while."""

    code = "try_again"


class FatalError(BachataError):
    """A bug or a wrong configuration; someone who operates this must look."""

    code = "internal_error"
