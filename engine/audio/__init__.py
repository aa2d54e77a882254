"""Analysis of a song: decoding, spectral features, tempo, beats, ones, structure."""
