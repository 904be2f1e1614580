"""The models: one teacher that reads a learner's whole history, many small students that each know one skill.

Open `classroom.py` first: it is where they meet. Nothing here knows Django, rows or requests; plain typed values go in
and come out. `curriculum`, `events`, `record`, `item_statistics`, `calibration` and `embeddings` need numpy only; what
imports torch belongs in a worker. How good they are, and the commands that say so: `docs/models.md`.
"""
