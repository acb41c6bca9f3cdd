"""Data and model of indicators: importing, forecasting, charts."""
