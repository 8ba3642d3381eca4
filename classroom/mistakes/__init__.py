"""Exercise checks that name the mistake; see README.md."""
