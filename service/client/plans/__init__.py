"""The plans of the client: what is sent, when it is sent again, what the answers mean. They do no input or output."""
