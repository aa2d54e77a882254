"""Serving the site: worker processes behind a gate, and a dispatcher beside them."""
