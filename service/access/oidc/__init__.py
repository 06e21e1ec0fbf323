"""OpenID Connect: what the issuer publishes, its tokens, what their claims grant, and signing in at the issuer."""
