"""Tests of the client: both clients against the real service, over a proxy that fails where a test wants it to."""
