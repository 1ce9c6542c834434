"""The main job, played by the program itself in its real window: `jdy-desktop --tour DIR` (design §8)."""
