"""The part of the answer checker that runs in the killable child too: plain Python and SymPy, no Django, no torch.

It imports nothing of `tutor_app`, because the child loads it as a top-level package of its own.
"""

MAX_LINE = 256_000  # bytes of one question to a child; the parent sends nothing longer
