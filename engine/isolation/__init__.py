"""Strangers' files, met in processes with bounds."""
