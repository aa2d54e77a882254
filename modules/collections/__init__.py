"""The choreographies that dancers keep."""
