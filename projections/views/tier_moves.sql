-- tier_moves: one row per event about a card, in the order recorded: given, kept, lowered, corrected.
-- Each takes the place of all that was told before for its instant or later.
-- Reads: tier_changes, tiers_kept, tiers.
--
-- position      place in the log
-- member        the member's id
-- occurred_at   from when on it holds, UTC
-- occurred_on   the business day of it
-- cause         threshold, recovered, kept, grace, floor, lowered, by_hand, return, merge, ...
-- tier_from     what was on record for the instant, '' for no card
-- tier_to       what is held from then on, '' for no card
-- label_from    its name
-- label_to      its name
-- direction     1 up, -1 down, 0 the same
-- measure       what was measured: net_spend, points_earned, visits; '' where nothing was
-- measured      in minor units, points units or visits
-- threshold     what was needed, in the same unit
-- window_from   first day of the window
-- window_until  day after its last
-- valid_until   last good day, NULL where it has no end
CREATE VIEW tier_moves AS
WITH moves AS (
    SELECT
        position, member, occurred_at, occurred_on, cause, tier_from, tier_to, measure, measured,
        threshold, window_from, window_until, valid_until
    FROM tier_changes
    UNION ALL
    SELECT
        position, member, occurred_at, occurred_on, cause, tier, tier, measure, measured,
        threshold, window_from, window_until, valid_until
    FROM tiers_kept
)
SELECT
    position,
    member,
    occurred_at,
    occurred_on,
    cause,
    tier_from,
    tier_to,
    coalesce(below.label, tier_from) AS label_from,
    coalesce(above.label, tier_to) AS label_to,
    sign(coalesce(above.rank, 0) - coalesce(below.rank, 0))::TINYINT AS direction,
    measure,
    measured,
    threshold,
    window_from,
    window_until,
    valid_until
FROM moves
LEFT JOIN tiers AS below ON below.tier = tier_from
LEFT JOIN tiers AS above ON above.tier = tier_to;
