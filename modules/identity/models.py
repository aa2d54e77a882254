"""Users, on the old monolith's user table; Django never creates or alters it."""

from __future__ import annotations

from typing import Any, ClassVar

import psycopg
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import IntegrityError, connections, models, transaction
from django.utils import timezone

from legacy_compat.schema import qualified
from modules.identity.errors import EmailTaken, UsernameTaken


class UserManager(BaseUserManager["User"]):
    """Makes users that the old app can log in, too."""

    def create_user(
        self, username: str, email: str = "", password: str | None = None, **fields: Any
    ) -> User:
        """Store one new user; its e-mail is lower-cased, its password hashed with PBKDF2.

        Without a password nobody can log in as this user. Runs in its own transaction, or joins
        the caller's.

        Raises
        ------
        UsernameTaken, EmailTaken
            If another user has it. Nothing is stored then.
        """
        email = email.strip().lower()
        user = self.model(username=self.model.normalize_username(username), email=email, **fields)
        user.set_password(password)
        try:
            with transaction.atomic(using=self.db):
                self._reserve_email(email)
                user.save(using=self.db, force_insert=True)
        except IntegrityError as error:
            if not isinstance(error.__cause__, psycopg.errors.UniqueViolation):
                raise
            raise UsernameTaken(f"The name {username} is taken.") from error
        return user

    def _reserve_email(self, email: str) -> None:
        """Refuse an address in use; until the transaction ends nobody else can take it."""
        if not email:
            return
        # The legacy table has no unique key on e-mail: two registrations at once are put in line.
        query = "SELECT pg_advisory_xact_lock(hashtextextended('identity.email:' || %s, 0))"
        with connections[self.db].cursor() as cursor:
            cursor.execute(query, [email])
        if self.filter(email__iexact=email).exists():
            raise EmailTaken("This e-mail address is taken.")


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
