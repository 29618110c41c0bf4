"""A synthetic population for the demo: nobody in it exists, but the list looks like one."""
