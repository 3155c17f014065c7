-- holds: one row per hold, and how it ended.
-- Reads: releases.
--
-- position          place of the event in the log
-- member            whose points are reserved; a purse's name is purse:<id>
-- version           place of the event in the account's stream
-- recorded_at       when it was recorded, UTC
-- occurred_at       when it happened, UTC
-- occurred_on       the business day, in the program's zone
-- source, request_id    who placed it, under which request: a hold goes by these
-- operator, program_version    who recorded it, under which version of the program
-- partner, store, till, purchase_id, reason    what for, '' where it was not said
-- spender           who spends from a purse
-- value_minor       what the points are worth at the till, minor units
-- points_held       points units
-- lapses_at         when it ends by itself, UTC
-- ended             'captured', 'released' or 'lapsed'; '' while no end is recorded
-- ended_at          when it ended, UTC; of a capture recorded after the lapse, the capture's time
-- points_captured   what was spent of it
-- points_released   the rest, once it has ended
CREATE VIEW holds AS
WITH captured AS (
    SELECT
        hold_source AS source, hold AS request_id,
        max(occurred_at) AS captured_at, sum(points_redeemed)::BIGINT AS points_captured
    FROM facts.redemptions
    WHERE hold <> ''
    GROUP BY ALL
),
freed AS (
    SELECT
        hold_source AS source, hold AS request_id,
        max(occurred_at) AS freed_at, arg_max(release, position) AS how
    FROM releases
    GROUP BY ALL
)
SELECT
    position, member, version, recorded_at, occurred_at, occurred_on, source, request_id, operator,
    program_version, partner, store, till, purchase_id, reason, spender, value_minor, points_held,
    lapses_at,
    CASE WHEN captured_at IS NULL THEN coalesce(how, '') ELSE 'captured' END AS ended,
    coalesce(captured_at, freed_at) AS ended_at,
    coalesce(points_captured, 0) AS points_captured,
    CASE WHEN ended = '' THEN 0 ELSE points_held - coalesce(points_captured, 0) END
        AS points_released
FROM facts.holds
LEFT JOIN captured USING (source, request_id)
LEFT JOIN freed USING (source, request_id);
