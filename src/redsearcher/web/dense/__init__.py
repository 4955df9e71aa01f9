"""Search by meaning beside search by words: encoders, their index, and how both rankings become one."""
