"""The statements that write read models, and the progress of the read models."""
