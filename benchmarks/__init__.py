"""What the figures of docs/benchmarks.md and docs/real-data.md are measured with."""
