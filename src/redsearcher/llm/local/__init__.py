"""A causal language model in this process: continuous batching, kept prefixes, exact ids and log-probabilities."""
