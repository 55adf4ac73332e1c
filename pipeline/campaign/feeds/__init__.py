"""Price lists from outside: read with their lines, checked, and put in the place of prices."""
