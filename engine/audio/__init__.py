"""What is heard in a song: decoding, spectra, beats, ones, structure."""
