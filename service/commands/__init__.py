"""The commands, one module each; `service.cli` puts them together."""
