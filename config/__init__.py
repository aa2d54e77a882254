"""Settings from the environment, and the one place where adapters meet their ports."""
