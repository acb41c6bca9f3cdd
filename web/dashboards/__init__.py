"""Dashboards: pages of charts for citizens, and the forms by which an analyst makes them."""
