"""The playground's server."""
