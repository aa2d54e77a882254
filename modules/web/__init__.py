"""What every HTTP route needs and no module owns: bodies, problems, limits, ETags, repetition."""
