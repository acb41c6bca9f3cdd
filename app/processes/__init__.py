"""The long-running processes, a module each with `main(settings, *arguments)`.

A process calls `app.lifeline.report_ready()` once it does its work and ends on SIGTERM within a few seconds.
When the supervisor has died, it is ended through its standard input.
"""
