"""Django's PostgreSQL backend, healing the embedded server when it was killed."""
