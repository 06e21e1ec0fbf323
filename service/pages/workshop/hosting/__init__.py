"""The page `/cohorts/{key}/sessions/new`, where a facilitator hosts a session and ticks who came."""
