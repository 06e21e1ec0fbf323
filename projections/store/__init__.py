"""The statements that write read models, and how far these are."""
