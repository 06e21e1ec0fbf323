"""Tests of the event types as programs use them."""
