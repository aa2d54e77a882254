"""Addresses of the site."""

from django.urls import path, re_path

from config.api import api
from config.docs_page import docs_asset
from config.pages.serving import page

urlpatterns = [
    path("api/docs/assets/<path:path>", docs_asset),
    path("api/", api.urls),
    re_path(r"^(?!api(?:/|$))(?P<path>.*)$", page, name="page"),
]
