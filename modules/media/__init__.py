"""Where finished files live and how they are named."""
