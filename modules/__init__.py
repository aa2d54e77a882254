"""The modules of the monolith; siblings meet only through each other's ``contract.py``."""
