"""Users, on the old monolith's user table; Django never creates or alters it."""

from __future__ import annotations

from typing import Any, ClassVar

import psycopg
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, models, transaction
from django.utils import timezone

from legacy_compat.schema import qualified
from modules.identity.errors import EmailTaken, UsernameTaken


class UserManager(BaseUserManager["User"]):
    """Makes users that the old app can log in, too."""

    def create_user(
        self,
        username: str,
        email: str = "",
        password: str | None = None,
        *,
        password_hash: str = "",
        **fields: Any,
    ) -> User:
        """Store one new user; its e-mail is lower-cased, its password hashed with PBKDF2.

        Without a password, or the hash of one, nobody can log in as this user. Runs in its own
        transaction, or joins the caller's.

        Raises
        ------
        UsernameTaken, EmailTaken
            If another user has it. Nothing is stored then.
        """
        email = email.strip().lower()
        user = self.model(username=self.model.normalize_username(username), email=email, **fields)
        user.password = password_hash or make_password(password)
        try:
            with transaction.atomic(using=self.db):
                self._reserve_name(user.username)
                if email:
                    self.reserve_email(email)
                user.save(using=self.db, force_insert=True)
        except IntegrityError as error:
            if not isinstance(error.__cause__, psycopg.errors.UniqueViolation):
                raise
            raise UsernameTaken(f"The name {username} is taken.") from error
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **fields: Any
    ) -> User:
        """Store somebody who may do everything in the old app; `createsuperuser` asks for this.

        Raises
        ------
        ValidationError
            If the name or the address is another user's, in the command's own way.
        """
        try:
            return self.create_user(
                username, email, password, is_superuser=True, is_staff=True, **fields
            )
        except (UsernameTaken, EmailTaken) as error:
            raise ValidationError(str(error)) from error

    def reserve_email(self, email: str, *, but_of: int | None = None) -> None:
        """Refuse an address of anybody ``but_of`` one user; until the transaction ends it is ours.

        Raises
        ------
        EmailTaken
            If somebody else has it, in whatever mixture of cases.
        """
        self._queue_for(f"identity.email:{email.lower()}")
        if self.filter(email__iexact=email).exclude(pk=but_of or 0).exists():
            raise EmailTaken("This e-mail address is taken.")

    def _reserve_name(self, username: str) -> None:
        """Refuse a name that somebody has, if only in other cases: people would mix them up."""
        self._queue_for(f"identity.username:{username.lower()}")
        if self.filter(username__iexact=username).exists():
            raise UsernameTaken(f"The name {username} is taken.")

    def _queue_for(self, name: str) -> None:
        # The legacy table has no unique key on these: two registrations at once are put in line.
        query = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
        with connections[self.db].cursor() as cursor:
            cursor.execute(query, [name])


class User(AbstractBaseUser):
    """Somebody who dances or teaches; ``is_superuser`` and ``is_staff`` are the old app's."""

    id = models.BigAutoField(primary_key=True)
    is_superuser = models.BooleanField(default=False)
    username = models.CharField(max_length=150, unique=True)
    first_name = models.CharField(max_length=150, blank=True, default="")
    last_name = models.CharField(max_length=150, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    display_name = models.CharField(max_length=200, blank=True, default="")
    is_instructor = models.BooleanField(default=False)
    preferences = models.JSONField(default=dict, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        """Where the rows are; the table's name is ``LEGACY_USER_TABLE``."""

        managed = False
        db_table = qualified(settings.LEGACY_USER_TABLE)

    def __str__(self) -> str:
        return self.username


class SessionFamily(models.Model):
    """One login and the refresh tokens that descend from it; written by ``sessions.py`` only.

    The session is open while ``revoked_at`` is empty and the user's password is the one whose hash
    ``password_fingerprint`` was made of: a password changed in the old app ends it, too. There is
    no foreign key, so that the old app can delete users.
    """

    id = models.UUIDField(primary_key=True)
    user_id = models.BigIntegerField()
    current_token = models.UUIDField()
    previous_token = models.UUIDField(null=True)
    password_fingerprint = models.CharField(max_length=64, db_column="password_mark")
    address_fingerprint = models.CharField(max_length=64, db_column="address_mark")
    started_at = models.DateTimeField()
    rotated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """Found by id at every request, by user when a password changes."""

        db_table = "session_families"
        indexes: ClassVar = [
            models.Index(fields=["user_id"], name="session_families_of_user"),
            models.Index(fields=["expires_at"], name="session_families_by_end"),
        ]

    def __str__(self) -> str:
        return f"session of user {self.user_id}"
