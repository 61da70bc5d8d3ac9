"""The domain's rules as pure functions: what a price, a position, a going or a class *means*.

Nothing here reads a file or knows a table. Text rules take what a results page says and answer
``None`` for what they do not understand.
"""
