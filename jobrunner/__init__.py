"""The job that makes one choreography: fetch, analyse, select, plan, render, upload."""
