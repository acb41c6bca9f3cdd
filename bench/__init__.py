"""Benchmarks: what is measured beside which peers. Nothing of the product imports them."""
