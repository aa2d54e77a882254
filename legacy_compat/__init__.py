"""What we owe the old monolith: its tables as they are, and nothing broken in them."""
