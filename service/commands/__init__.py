"""The commands, one module each. `service.cli` registers them."""
