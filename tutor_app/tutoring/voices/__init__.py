"""How a move becomes words. A voice yields the reply piece by piece; it never decides anything."""
