"""Serving the site: worker processes between ASGI and WSGI, and a dispatcher beside them."""
