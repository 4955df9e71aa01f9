"""Replies in the shapes of the OpenAI API; token ids where vLLM puts them."""

import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

from redsearcher.llm.tokenizer import Tokenizer
from redsearcher.records.tool import ToolCall

Json = dict[str, Any]


def head(kind: str, prefix: str, model: str) -> Json:
    """What every reply and every chunk of one stream begins with."""
    return {"id": f"{prefix}-{secrets.token_hex(12)}", "object": kind, "created": int(time.time()), "model": model}


def call_json(call: ToolCall) -> Json:
    """A tool call, its arguments as the text of a JSON object."""
    arguments = json.dumps(call.arguments, ensure_ascii=False)
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def usage(n_prompt: int, n_cached: int, n_completion: int) -> Json:
    """Token counts."""
    return {
        "prompt_tokens": n_prompt,
        "completion_tokens": n_completion,
        "total_tokens": n_prompt + n_completion,
        "prompt_tokens_details": {"cached_tokens": n_cached},
    }


def chat_logprobs(tokenizer: Tokenizer, token_ids: Sequence[int], logprobs: Sequence[float]) -> Json:
    """Log-probabilities of a chat completion."""
    content = []
    for token_id, logprob in zip(token_ids, logprobs, strict=True):
        text = tokenizer.decode([token_id])
        content.append({"token": text, "logprob": logprob, "bytes": list(text.encode()), "top_logprobs": []})
    return {"content": content, "refusal": None}


def completion_logprobs(
    tokenizer: Tokenizer, token_ids: Sequence[int], logprobs: Sequence[float], offset: int = 0
) -> Json:
    """Log-probabilities of a plain completion; `offset` is the length of the text before the first token."""
    tokens, offsets = [], []
    for token_id in token_ids:
        offsets.append(offset)
        tokens.append(tokenizer.decode([token_id]))
        offset += len(tokens[-1])
    return {"tokens": tokens, "token_logprobs": list(logprobs), "top_logprobs": None, "text_offset": offsets}
