"""Who is asking: users on the legacy user table."""
