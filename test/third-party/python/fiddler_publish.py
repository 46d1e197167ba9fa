"""Publishes rows with Fiddler's own client: a stream, an update of some of them, and one row with a datetime.

fiddler_publish.py URL TOKEN MODEL_ID ROWS_FILE
Prints {"published": n, "updated": n, "dated": n}: the ids the client was given for each.
"""
import json
import sys
from datetime import datetime, timezone

import fiddler

url, token, model_id, rows_file = sys.argv[1:]
with open(rows_file, encoding="utf-8") as file:
    rows = json.load(file)

fiddler.init(url=url, token=token)
model = fiddler.Model.get(id_=model_id)

events = [{**row["data"], "event_id": row["id"], "event_time": row["time"]} for row in rows]
published = model.publish_stream(events=events)

truths = [{"event_id": row["id"], "event_time": row["time"], "defaulted": 1} for row in rows[:3]]
updated = model.publish_stream(events=truths, update=True)

time = datetime(2026, 9, 1, 12, 0, 0, 123000, tzinfo=timezone.utc)
dated = model.publish_stream(events=[{**rows[0]["data"], "event_id": "dated", "event_time": time}])

print(json.dumps({"published": len(published), "updated": len(updated), "dated": len(dated)}))
