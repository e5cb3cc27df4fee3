"""Programs that judge the same files, each alone in a process: our own way, and what others would write.

The others run in an environment of their own and import nothing of this project's rules, but for the slow
path.
"""
