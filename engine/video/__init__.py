"""The video, made by copying packets."""
