"""Ids that a service would give, which tell nothing of the world's own."""

from redsearcher.core.hashing import content_hash


def token(service: str, entity: str, prefix: str = "") -> str:
    """Decimal digits after the prefix, up to 2**40, the same for the same entity at the same service."""
    return f"{prefix}{int(content_hash(service, entity)[:10], 16)}"
