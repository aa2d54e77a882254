"""Demo: the material the project makes itself, one song and a library of drawn dancers."""
