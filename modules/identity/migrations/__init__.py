"""State of the identity models; the table itself is the old monolith's."""
