"""Scenes, icons and default settings."""
