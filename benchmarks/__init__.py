"""Side-by-side measurements: ratios in one run, medians of several. `python -m benchmarks`."""
