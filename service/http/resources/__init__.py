"""The resources of the HTTP interface, one module each. `service.app` includes their routers."""
