"""Routes about accounts: registering, sessions, profile, password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status

from modules.identity.errors import SessionEnded
from modules.identity.queries import find_profile
from modules.identity.schemas import (
    Credentials,
    LoggedIn,
    PasswordChange,
    ProfileChanges,
    RefreshToken,
    Registration,
    User,
)
from modules.web.contract import Authenticators
from modules.web.request_context import address_of, caller_of
from modules.web.schemas import problems

if TYPE_CHECKING:
    from modules.identity.application import Accounts


def build_router(*, accounts: Accounts, auth: Authenticators) -> Router:
    """Routes of the identity module."""
    router = Router(tags=["auth"])
    _add_sessions(router, accounts=accounts, auth=auth)
    _add_renewal(router, accounts=accounts, auth=auth)
    _add_profile(router, accounts=accounts, auth=auth)
    return router


def _add_sessions(router: Router, *, accounts: Accounts, auth: Authenticators) -> None:
    @router.post(
        "/register",
        response={201: LoggedIn, **problems(409)},
        auth=auth.public,
        operation_id="register",
        summary="Make an account",
    )
    def register(request: HttpRequest, body: Registration) -> Status[LoggedIn]:
        """Make an account that is logged in. 409 says whether name or address is taken."""
        login = accounts.register(
            username=body.username,
            email=body.email,
            password=body.password,
            display_name=body.display_name,
            address=address_of(request),
        )
        return Status(201, LoggedIn.of(login))

    @router.post(
        "/login",
        response={200: LoggedIn, **problems(401)},
        auth=auth.public,
        operation_id="logIn",
        summary="Log in",
    )
    def log_in(request: HttpRequest, body: Credentials) -> LoggedIn:
        """Begin a session, by user name or e-mail address.

        An unknown name and a wrong password look the same. After ten wrong passwords for a name in
        five minutes an address is answered 429; the others are not.
        """
        login = accounts.log_in(
            name=body.username, password=body.password, address=address_of(request)
        )
        return LoggedIn.of(login)


def _add_renewal(router: Router, *, accounts: Accounts, auth: Authenticators) -> None:
    @router.post(
        "/refresh",
        response={200: LoggedIn, **problems(401)},
        auth=auth.public,
        operation_id="refreshSession",
        summary="Go on with a session",
    )
    def refresh(request: HttpRequest, body: RefreshToken) -> LoggedIn:
        """Exchange a refresh token for its successor.

        Within 30 seconds the same token gives the same successor again; later it ends the session.
        """
        return LoggedIn.of(accounts.refresh(token=body.refresh))

    @router.post(
        "/logout",
        response={204: None, **problems(401)},
        auth=auth.public,
        operation_id="logOut",
        summary="Log out",
    )
    def log_out(request: HttpRequest, body: RefreshToken) -> Status[None]:
        """End the session of a refresh token; its access tokens end with it."""
        accounts.log_out(token=body.refresh)
        return Status(204, None)


def _add_profile(router: Router, *, accounts: Accounts, auth: Authenticators) -> None:
    @router.get(
        "/me",
        response=User,
        auth=auth.user,
        operation_id="getMe",
        summary="Who am I?",
    )
    def get_me(request: HttpRequest) -> User:
        """Give the profile of the caller."""
        profile = find_profile(user_id=caller_of(request).user_id)
        if profile is None:
            raise SessionEnded("This account is gone.")
        return User.of(profile)

    @router.put(
        "/me",
        response={200: User, **problems(403, 409)},
        auth=auth.user,
        operation_id="updateMe",
        summary="Change one's profile",
    )
    def update_me(request: HttpRequest, body: ProfileChanges) -> User:
        """Change display name, e-mail address or preferences; what is not named is kept.

        Another e-mail address needs `current_password`: 403 without it, or if it is wrong.
        """
        changes = body.model_dump(exclude_unset=True, exclude={"current_password"})
        profile = accounts.change_profile(
            user_id=caller_of(request).user_id,
            changes=changes,
            address=address_of(request),
            current_password=body.current_password or None,
        )
        return User.of(profile)

    @router.post(
        "/password",
        response={204: None, **problems(403)},
        auth=auth.user,
        operation_id="changePassword",
        summary="Change one's password",
    )
    def change_password(request: HttpRequest, body: PasswordChange) -> Status[None]:
        """Replace the password; every other session ends. 403 if the current one is wrong."""
        caller = caller_of(request)
        accounts.change_password(
            user_id=caller.user_id,
            session_id=caller.session_id,
            current=body.current_password,
            new=body.new_password,
            address=address_of(request),
        )
        return Status(204, None)
