"""The pages: the single-page application of ``frontend/``, built once and served as files."""
