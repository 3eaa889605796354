"""What the end-to-end tests and the benchmarks stand on: servers, the gate in front of them, stand-ins."""
