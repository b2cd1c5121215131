"""Adology's local stack: databases, the AWS emulator, deploys and the dashboard, on one machine."""
