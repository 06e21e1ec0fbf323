"""The client of a server: it records events, checks them, reads them, follows them, and asks queries.

What is sent and how answers are judged is written once, as generators of steps that do no input or output themselves
(see `plans`). `Client` and `AsyncClient` perform the steps, each in its own way.
"""
