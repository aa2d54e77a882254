"""The move library: clips prepared for cutting, their beats, and the index that finds them."""
