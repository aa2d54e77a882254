"""The NinjaAPI of this project: what it does around every route."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from ninja import NinjaAPI

from modules.event_metadata import event_metadata
from modules.web.errors import UnknownParameter
from modules.web.parsing import StrictParser
from modules.web.request_context import context_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from ninja.operation import Operation
    from ninja.router import BoundRouter


class Api(NinjaAPI):
    """Bodies are read strictly, unknown query parameters refused, events know their request."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parser=StrictParser(), **options)
        self._is_guarded = False

    def _get_bound_routers(self) -> list[BoundRouter]:
        # The one place where django-ninja 1.7 has operation and route bound together.
        routers = super()._get_bound_routers()
        if not self._is_guarded:
            self._is_guarded = True
            for operation in _operations(routers):
                operation.view_func = _guarded(operation)
        return routers

    def operations(self) -> list[Operation]:
        """Return every operation, bound to its path and authenticators."""
        return list(_operations(self._get_bound_routers()))


def _operations(routers: list[BoundRouter]) -> Iterator[Operation]:
    for router in routers:
        for view in router.path_operations.values():
            yield from view.operations


def _guarded(operation: Operation) -> Callable[..., Any]:
    known = frozenset(_query_names(operation))
    view = operation.view_func

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        _refuse_unknown(request, known)
        context = context_of(request)
        with event_metadata(actor=f"user:{context.user_id}", request_id=context.request_id):
            return view(request, *args, **kwargs)

    return guarded


def _query_names(operation: Operation) -> Iterator[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from getattr(model, "__ninja_flatten_map__", model.model_fields)


def _refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    for name, values in request.GET.lists():
        if name not in known:
            raise UnknownParameter("This route has no such parameter.", name=name[:100])
        if len(values) > 1:
            raise UnknownParameter("This parameter stands in the address twice.", name=name)
