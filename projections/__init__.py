"""Read models, one file per table, written in the transaction of the events they show."""
