"""One choreography from request to video: the ``ChoreographyTask`` aggregate and its commands."""
