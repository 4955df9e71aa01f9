"""Turns samples into a policy: tokenizer, model, shards, supervised training. The only layer that imports torch."""
