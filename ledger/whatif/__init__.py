"""What would be under other rules: everything that people did, lived again (docs/whatif.md).

Shapes:
    WhatIf         a what-if: each account's change as it is iterated, then the report
    Asked          what is asked, of which log
    Report         what it comes to over all accounts
    MemberChange   an account's Figures as recorded, and as they would be
"""

from __future__ import annotations

from ledger.whatif.figures import FLOWS, Figures, MemberChange
from ledger.whatif.report import ISSUED, Report, Totals, Uncovered
from ledger.whatif.run import Asked, WhatIf

__all__ = [
    "FLOWS",
    "ISSUED",
    "Asked",
    "Figures",
    "MemberChange",
    "Report",
    "Totals",
    "Uncovered",
    "WhatIf",
]
