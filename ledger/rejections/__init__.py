"""Sound commands that the ledger refuses: one class for each reason, with its code and fields.

The tree and the order of precedence are in ledger/errors.py and docs/life.md. Points are points
units, money minor units.
"""
