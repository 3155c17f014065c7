"""Hypothesis profiles, chosen by HYPOTHESIS_PROFILE: `dev`, `ci` and `nightly`.

Where it is not set, `ci` under a CI and `dev` elsewhere. No example is timed: a deadline on a
shared machine fails for no reason.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("dev", max_examples=50, stateful_step_count=30, deadline=None)
settings.register_profile(
    "ci", settings.get_profile("dev"), derandomize=True, database=None, print_blob=True
)
settings.register_profile(
    "nightly", max_examples=2000, stateful_step_count=50, deadline=None, print_blob=True
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)
