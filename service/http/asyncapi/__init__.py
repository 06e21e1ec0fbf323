"""The AsyncAPI 3.0 document: a module for each way in which the service sends something."""
