"""What `benchmarks/api.py` measures with."""
