"""Klein's model in modelflow (pip install modelflowib), run by `speed` in the interpreter that has it.

Reads the data as JSON from standard input and prints the CPU seconds of one solution of 1922-1941.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

import pandas as pd
from modelclass import model  # type: ignore[import-not-found, unused-ignore]

EQUATIONS = """
FRML <> C = 16.2366 + 0.192934*P + 0.089885*P(-1) + 0.796219*(W1 + W2) $
FRML <> I = 10.125789 + 0.479636*P + 0.333039*P(-1) - 0.111795*K(-1) $
FRML <> W1 = 1.497044 + 0.439477*(Y + T - W2) + 0.146090*(Y(-1) + T(-1) - W2(-1)) + 0.130245*TREND $
FRML <> Y = C + I + G - T $
FRML <> P = Y - W1 - W2 $
FRML <> K = K(-1) + I $
"""


def main() -> None:
    """Solve a few times and print the median."""
    table = pd.DataFrame(
        {name: {int(y): v for y, v in years.items()} for name, years in json.load(sys.stdin).items()}
    )
    solver = model(EQUATIONS)
    solved = solver(table, 1922, 1941, silent=True)
    taken = []
    for _ in range(20):
        began = time.process_time()
        solved = solver(table, 1922, 1941, silent=True)
        taken.append(time.process_time() - began)
    print(
        json.dumps(
            {"seconds_per_draw": statistics.median(taken), "income_1941": float(solved.loc[1941, "Y"])}
        )
    )


if __name__ == "__main__":
    main()
