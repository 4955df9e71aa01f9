"""Webs in the making: resumed after a kill, added to, pruned, checked."""
