"""The scenario model: a file of equations, estimated on data, solved and simulated.

Order of use: `read_model` reads the file, `fit` estimates it for a territory, `forecast_model` simulates its
scenarios; `what_if`, `seek`, `multipliers` and `contributions` ask it questions.
"""
