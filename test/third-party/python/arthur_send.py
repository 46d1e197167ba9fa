"""Sends rows with Arthur's own client: inferences, ground truth for some of them, and a file of them all.

arthur_send.py URL TOKEN MODEL_ID ROWS_FILE
Prints {"inferences": counts, "truth": counts, "file": counts}: what the client made of the answers.
"""
import json
import sys
from datetime import datetime

import pandas
from arthurai import ArthurAI

url, token, model_id, rows_file = sys.argv[1:]
with open(rows_file, encoding="utf-8") as file:
    rows = json.load(file)
times = [datetime.fromisoformat(row["time"]) for row in rows]

model = ArthurAI(url=url, access_key=token, allow_insecure=True).get_model(model_id)

inferences = model.send_inferences([
    {"partner_inference_id": row["id"], "inference_timestamp": time, "inference_data": row["data"]}
    for row, time in zip(rows, times)
])

truth = model.update_inference_ground_truths([
    {"partner_inference_id": row["id"], "ground_truth_timestamp": time, "defaulted": 1}
    for row, time in zip(rows[:3], times)
])

frame = pandas.DataFrame([row["data"] for row in rows])
frame["partner_inference_id"] = [row["id"] for row in rows]
frame["inference_timestamp"] = times
uploaded, _closed = model.send_bulk_inferences(data=frame)

print(json.dumps({"inferences": inferences["counts"], "truth": truth["counts"], "file": uploaded["counts"]}))
