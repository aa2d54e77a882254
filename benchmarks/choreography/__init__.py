"""The parts of the choreography benchmark, each measuring one thing."""
