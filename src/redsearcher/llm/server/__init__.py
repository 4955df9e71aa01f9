"""A token engine behind the OpenAI API: chat completions, completions over token ids, streaming."""
