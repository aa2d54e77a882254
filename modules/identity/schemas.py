"""Bodies and answers of the routes about accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import GroupedMetadata
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from engine.contract import Difficulty
from modules.identity.domain import MAX_KEY_LENGTH, check_plain, check_text
from modules.web.field_types import SingleLine
from modules.web.schemas import Answer, Body

if TYPE_CHECKING:
    from modules.identity.application import Login
    from modules.identity.queries import Profile

MAX_EMAIL_LENGTH = 254
ANY_TEXT = r"^[^\u0000]*$"
SOME_LETTER = r"^[^\u0000]*[^0-9\s\u0000][^\u0000]*$"


def _text(text: str) -> str:
    check_text(text)
    return text


def _email(address: str) -> str:
    lowered = address.lower()
    try:
        validate_email(lowered)
    except ValidationError as error:
        raise ValueError("must be an e-mail address") from error
    if len(lowered) > MAX_EMAIL_LENGTH:
        raise ValueError(f"must have at most {MAX_EMAIL_LENGTH} characters")
    return lowered


@dataclass(frozen=True, slots=True, kw_only=True)
class Password(GroupedMetadata):
    """Annotates a password: every sign counts, spaces too; a new one is not all digits and spaces.

    Parameters
    ----------
    max_length, min_length : int
        In characters.
    """

    max_length: int
    min_length: int
    is_new: bool = False

    def __iter__(self) -> Iterator[Any]:
        """Return pydantic's annotations for it."""
        yield from StringConstraints(
            min_length=self.min_length,
            max_length=self.max_length,
            pattern=r"[^0-9\s]" if self.is_new else None,
        )
        yield AfterValidator(_text)
        yield WithJsonSchema(
            {
                "type": "string",
                "format": "password",
                "minLength": self.min_length,
                "maxLength": self.max_length,
                "pattern": SOME_LETTER if self.is_new else ANY_TEXT,
            }
        )


NewPassword = Annotated[str, Password(min_length=8, max_length=128, is_new=True)]
GivenPassword = Annotated[str, Password(min_length=1, max_length=4096)]

# A subset of what the old app allows: no "@", so that no name is another's address, and no letters
# that only look alike. Names the old app made stay good for logging in.
Username = Annotated[
    str, StringConstraints(min_length=1, max_length=150, pattern=r"^[A-Za-z0-9_.+-]+$")
]
Email = Annotated[
    str,
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": MAX_EMAIL_LENGTH}),
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]

USER: dict[str, Any] = {
    "id": 7,
    "username": "ana",
    "email": "ana@example.org",
    "display_name": "Ana",
    "is_instructor": False,
    "preferences": {
        "auto_save_choreographies": True,
        "default_difficulty": "beginner",
        "language": "es",
    },
    "date_joined": "2026-11-21T10:00:00Z",
}
TOKENS: dict[str, Any] = {
    "access": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXBlIjoiYWNjZXNzIn0.c2lnbmF0dXJl",
    "refresh": "eyJhbGciOiJIUzI1NiJ9.eyJ0eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "expires_in": 3600,
    "user": USER,
}


def _example(body: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [body]})


class Registration(Body):
    """Somebody new."""

    model_config = _example(
        {
            "username": "ana",
            "email": "ana@example.org",
            "password": "correct horse battery",
            "display_name": "Ana",
        }
    )

    username: Username = Field(
        description="Letters, digits and _ . + -; names that differ only by case are the same"
    )
    email: Email = Field(description="Kept in lower case")
    password: NewPassword
    display_name: Annotated[str, SingleLine(max_length=200)] = ""


class Credentials(Body):
    """Who wants to log in."""

    model_config = _example({"username": "ana@example.org", "password": "correct horse battery"})

    username: Annotated[str, SingleLine(min_length=1, max_length=254)] = Field(
        description="The user name, or the e-mail address in any mixture of cases"
    )
    password: GivenPassword


class RefreshToken(Body):
    """A refresh token."""

    model_config = _example({"refresh": TOKENS["refresh"]})

    refresh: Annotated[str, SingleLine(min_length=1, max_length=2000)]


class PasswordChange(Body):
    """The old password and the new one."""

    model_config = _example(
        {"current_password": "correct horse battery", "new_password": "staple of the stable"}
    )

    current_password: GivenPassword
    new_password: NewPassword


class PreferenceChanges(Body):
    """Preferences to replace; those not named are kept, and so are keys we do not know."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"examples": [{"auto_save_choreographies": False, "theme": "dark"}]},
    )

    # Factories, so that the document promises no defaults: what is not named is kept.
    auto_save_choreographies: bool = Field(default_factory=bool)
    default_difficulty: Difficulty | None = Field(default_factory=lambda: None)
    language: Language | None = Field(default_factory=lambda: None, description="As in BCP 47")

    @model_validator(mode="after")
    def _only_what_can_be_kept(self) -> PreferenceChanges:
        others = self.model_extra or {}
        if any(len(key) > MAX_KEY_LENGTH for key in others):
            raise ValueError(f"keys must have at most {MAX_KEY_LENGTH} characters")
        check_plain(others)
        return self


class ProfileChanges(Body):
    """What to change of one's profile; what is not named is kept."""

    model_config = _example({"display_name": "Ana María", "preferences": {"language": "es"}})

    display_name: Annotated[str, SingleLine(max_length=200)] = Field(default_factory=str)
    email: Email = Field(default_factory=str, description="Another one needs `current_password`")
    current_password: GivenPassword = Field(default_factory=str)
    preferences: PreferenceChanges = Field(default_factory=PreferenceChanges)


class Preferences(BaseModel):
    """Every preference we know, and whatever else was kept."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [USER["preferences"]]})

    auto_save_choreographies: bool
    default_difficulty: Difficulty | None
    language: str | None


class User(Answer):
    """A user, as they see themselves."""

    model_config = _example(USER)

    id: int
    username: str
    email: str
    display_name: str
    is_instructor: bool
    preferences: Preferences
    date_joined: datetime

    @classmethod
    def of(cls, profile: Profile) -> User:
        """Write a profile."""
        return cls(
            id=profile.id,
            username=profile.username,
            email=profile.email,
            display_name=profile.display_name,
            is_instructor=profile.is_instructor,
            preferences=Preferences.model_validate(profile.preferences),
            date_joined=profile.date_joined,
        )


class LoggedIn(Answer):
    """The tokens of a session: access for an hour of requests, refresh for the next two tokens."""

    model_config = _example(TOKENS)

    access: str
    refresh: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the scheme's name
    expires_in: int = Field(description="Seconds until the access token ends")
    user: User

    @classmethod
    def of(cls, login: Login) -> LoggedIn:
        """Write a login."""
        return cls(
            access=login.access,
            refresh=login.refresh,
            expires_in=login.expires_in_s,
            user=User.of(login.user),
        )
