"""PostgreSQL and Valkey from wheels, and the supervisor behind `manage.py demo`."""
