"""Tests of what needs no server: waits between attempts, and server-sent events."""
