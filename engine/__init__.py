"""From music to moves to video, without a framework: usable by itself."""
