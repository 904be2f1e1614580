"""The parts of the leak gate; `tutor_app.tutoring.voices.leaks` is its front.

Pure Python, no database, no SymPy: what a sentence may hide is found by reading it in every way that a reader could.
"""
