"""What notebook 10 says of its recorded runs: measures on other seeds."""
