"""The domain service: rules, tables and the only transactions of Strategy24."""
