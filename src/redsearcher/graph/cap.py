"""How far certificates count: a number that equals its cap means "at least that many"."""

ANSWER_CAP = 10
"""Answers, with and without each constraint."""

SOLUTION_CAP = 1_000
"""Solutions."""

WIDTH_CAP = 10_000
"""Search width."""
