"""Where memories are kept: SQL and nothing else. What it means is said in ``tmtool.memory``."""
