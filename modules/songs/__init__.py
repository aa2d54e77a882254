"""The song library: songs by content, and what is known about them."""
