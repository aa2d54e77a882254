"""Addresses of the site."""

from django.urls import path, re_path

from config.api import api
from config.pages.serving import page

urlpatterns = [
    path("api/", api.urls),
    re_path(r"^(?!api(?:/|$))(?P<path>.*)$", page, name="page"),
]
