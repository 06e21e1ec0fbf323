"""ASGI middleware around the application. `service.app` puts it together."""
