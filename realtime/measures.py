"""What the hub counts, for /metrics."""

from prometheus_client import Counter, Gauge, Histogram

connections = Gauge("s24_live_connections", "Open live connections.", multiprocess_mode="livesum")
closes = Counter("s24_live_closes", "Live connections closed by the hub, by close code.", ["code"])
slow_readers = Counter("s24_live_slow_readers", "Live connections closed because they did not read.")
operations = Counter("s24_live_operations", "Messages from live clients, by operation.", ["op"])
batch_size = Histogram(
    "s24_live_batch_size", "Messages written in one commit.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500)
)
refusals = Counter("s24_live_refusals", "Messages of live clients that were refused, by code.", ["code"])
gaps = Counter("s24_live_gaps", "Gaps in streams that were filled from the database.")
link_losses = Counter("s24_live_redis_losses", "Times the hub lost its link to Redis.")
link_up = Gauge("s24_live_redis_up", "1 while every hub listens to Redis.", multiprocess_mode="livemin")
unreadable_facts = Counter("s24_live_unreadable_facts", "Publications the hub could not make out.")
deliveries = Counter("s24_live_deliveries", "Events sent to followers, each follower counted.")
failed_rounds = Counter("s24_live_failed_rounds", "Rounds of sending that broke off on an error.")
compiled_sender = Gauge(
    "s24_live_compiled_sender", "1 while every hub sends by the library in C.", multiprocess_mode="livemin"
)
