"""The floor of Python: a handler that does nothing."""

from runtime import serve

serve(lambda event: event)
