"""What people do with their account: register, log in and out, change profile and password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from modules.identity import sessions
from modules.identity.domain import (
    ACCESS_LIFE,
    MAX_PREFERENCES_BYTES,
    RotationDecision,
    choose_account,
    merged_preferences,
    normal_name,
    size_bytes,
)
from modules.identity.errors import (
    InvalidCredentials,
    PasswordRequired,
    SessionEnded,
    UnusablePreferences,
    WrongPassword,
)
from modules.identity.login_throttle import LoginThrottle
from modules.identity.models import User
from modules.identity.passwords import hash_new, is_right, stronger_hash
from modules.identity.queries import Profile, find_accounts, profile_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from modules.identity.domain import Account
    from modules.identity.sessions import Session
    from modules.identity.tokens import Claims, Tokens

WRONG = "The name or the password is wrong."
ENDED = "This session has ended; please log in again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a client gets to go on with; both tokens are secrets."""

    access: str
    refresh: str
    expires_in_s: int
    user: Profile


class Accounts:
    """Users and their sessions.

    Parameters
    ----------
    on_registered : callable
        Told of every new user, in the transaction that stores them.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        throttle: LoginThrottle,
        on_registered: Callable[[], None] = lambda: None,
    ) -> None:
        self._tokens = tokens
        self._throttle = throttle
        self._on_registered = on_registered

    def register(
        self, *, username: str, email: str, password: str, display_name: str, address: str
    ) -> Login:
        """Make a user who is logged in, in one transaction.

        Raises
        ------
        UsernameTaken, EmailTaken, WeakPassword
            Nothing is stored then; so the second time, ``UsernameTaken``.
        """
        hashed = hash_new(password, username=username, email=email, display_name=display_name)
        with transaction.atomic():
            user = User.objects.create_user(
                username, email, password_hash=hashed, display_name=display_name
            )
            session = sessions.open_session(user_id=user.pk, password_hash=hashed, address=address)
            self._on_registered()
        return self._login(session)

    def log_in(self, *, name: str, password: str, address: str) -> Login:
        """Begin a session for the user of this name or e-mail address.

        An unknown name, an inactive user and a wrong password take the same time and words.

        Raises
        ------
        InvalidCredentials
            No session is stored then.
        TooManyRequests
            If this address has guessed too often; nothing was looked at.
        """
        name = normal_name(name)
        account = choose_account(find_accounts(name=name, address=address), name=name)
        is_known = account is not None and account.is_known_address
        tries = self._throttle.take(name, address=address, is_known=is_known)
        known = account.password_hash if account else None
        if not is_right(password, password_hash=known) or account is None:
            raise InvalidCredentials(WRONG)
        self._throttle.give_back(tries)
        return self._login(_open(account, password=password, address=address))

    def refresh(self, *, token: str) -> Login:
        """Exchange a refresh token for its successor, in one transaction.

        The second time within 30 s gives the same successor again (two tabs, a lost answer); later
        it ends the session, for then two hold it.

        Raises
        ------
        SessionEnded
            If the token is no refresh token of ours, or its session is over.
        """
        claims = self._claims(token)
        with transaction.atomic():
            # Raised outside: the revocation must be kept.
            session = _next(claims)
        return self._login(session)

    def log_out(self, *, token: str) -> None:
        """End the session of a refresh token of ours, of whatever age; the second time as well.

        Raises
        ------
        SessionEnded
            If it is no refresh token of ours.
        """
        claims = self._claims(token)
        sessions.revoke(session_id=claims.session_id, user_id=claims.user_id)

    def change_profile(
        self,
        *,
        user_id: int,
        changes: Mapping[str, Any],
        current_password: str | None = None,
        address: str = "",
    ) -> Profile:
        """Change display name, e-mail address or preferences, in one transaction.

        Preferences that are not named are kept. Another e-mail address, by which one logs in too,
        is taken with the password only. The second time nothing more changes.

        Raises
        ------
        PasswordRequired, WrongPassword, EmailTaken, UnusablePreferences
            Nothing is changed then.
        SessionEnded
            If the user is gone.
        TooManyRequests
            If this address has guessed the password too often; nothing was looked at.
        """
        if "email" in changes:
            self._prove_for_email(user_id, changes["email"], current_password, address=address)
        with transaction.atomic():
            user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
            if user is None:
                raise SessionEnded(ENDED)
            _apply(user, changes)
            user.save(update_fields=sorted(changes))
        return profile_of(user)

    def change_password(
        self, *, user_id: int, session_id: UUID, current: str, new: str, address: str
    ) -> None:
        """Replace the password and end every session but the caller's, in one transaction.

        The second time the current password is another, so ``WrongPassword``.

        Raises
        ------
        WrongPassword, WeakPassword
            Nothing is changed then.
        TooManyRequests
            If this address has guessed the password too often; nothing was looked at.
        """
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            raise SessionEnded(ENDED)
        self._prove(user, current, address=address)
        hashed = hash_new(
            new, username=user.username, email=user.email, display_name=user.display_name
        )
        with transaction.atomic():
            if not _replace_password(user_id, old=user.password, new=hashed):
                raise WrongPassword("The current password is wrong.")
            sessions.revoke_others(user_id=user_id, session_id=session_id)

    def _prove_for_email(
        self, user_id: int, email: str, password: str | None, *, address: str
    ) -> None:
        user = User.objects.filter(pk=user_id).first()
        if user is None or email.lower() == user.email.lower():
            return
        if password is None:
            raise PasswordRequired("Please give your password to change your e-mail address.")
        self._prove(user, password, address=address)

    def _prove(self, user: User, password: str, *, address: str) -> None:
        """Raise ``WrongPassword`` unless this is the password; guesses are counted by address."""
        tries = self._throttle.take(f"user {user.pk}", address=address)
        if not is_right(password, password_hash=user.password):
            raise WrongPassword("The current password is wrong.")
        self._throttle.give_back(tries)

    def _claims(self, token: str) -> Claims:
        claims = self._tokens.read(token, kind="refresh")
        if claims is None:
            raise SessionEnded(ENDED)
        return claims

    def _login(self, session: Session | None) -> Login:
        user = User.objects.filter(pk=session.user_id).first() if session else None
        if session is None or user is None:
            raise SessionEnded(ENDED)
        access = self._tokens.make_access(
            user_id=user.pk, session_id=session.session_id, now=session.rotated_at
        )
        refresh = self._tokens.make_refresh(
            user_id=user.pk,
            session_id=session.session_id,
            token_id=session.token_id,
            issued_at=session.rotated_at,
            expires_at=session.expires_at,
        )
        return Login(
            access=access,
            refresh=refresh,
            expires_in_s=int(ACCESS_LIFE.total_seconds()),
            user=profile_of(user),
        )


def _open(account: Account, *, password: str, address: str) -> Session:
    """Begin a session for a right password, stored with more rounds if it had few."""
    user_id, hashed = account.user_id, account.password_hash
    stronger = stronger_hash(password, password_hash=hashed)
    with transaction.atomic():
        if stronger is not None and _replace_password(user_id, old=hashed, new=stronger):
            hashed = stronger
        session = sessions.open_session(user_id=user_id, password_hash=hashed, address=address)
    if session is None:
        raise InvalidCredentials(WRONG)
    return session


def _replace_password(user_id: int, *, old: str, new: str) -> bool:
    """Store a hash, unless somebody else did since ``old`` was read; the sessions go on."""
    if not User.objects.filter(pk=user_id, password=old).update(password=new):
        return False
    sessions.renew_password_fingerprints(user_id=user_id, old_hash=old)
    return True


def _next(claims: Claims) -> Session | None:
    """Judge a refresh token; None if its session is, or is now, over."""
    session_id, user_id = claims.session_id, claims.user_id
    found = sessions.lock_family(session_id=session_id, user_id=user_id)
    if found is None:
        return None
    family, now = found
    decision = family.decide(claims.token_id, now=now)
    if decision is RotationDecision.ROTATE:
        return sessions.rotate(session_id=session_id, user_id=user_id, now=now)
    if decision is RotationDecision.REPEAT:
        return sessions.Session(
            user_id=user_id,
            session_id=session_id,
            token_id=family.current_token,
            rotated_at=family.rotated_at,
            expires_at=family.expires_at,
        )
    if decision is RotationDecision.REVOKE:
        sessions.revoke(session_id=session_id, user_id=user_id)
    return None


def _apply(user: User, changes: Mapping[str, Any]) -> None:
    if "display_name" in changes:
        user.display_name = changes["display_name"]
    if "email" in changes:
        email = changes["email"].lower()
        if email != user.email.lower():
            User.objects.reserve_email(email, but_of=user.pk)
        user.email = email
    if "preferences" in changes:
        merged = merged_preferences(user.preferences, changes["preferences"])
        if size_bytes(merged) > max(MAX_PREFERENCES_BYTES, size_bytes(user.preferences)):
            raise UnusablePreferences("That is more than preferences may hold.")
        user.preferences = merged
