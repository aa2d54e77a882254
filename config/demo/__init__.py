"""The demonstration: everything set up, one choreography made the real way, the site served."""
