-- benefit_uses: one row per use of a benefit, and whether it counts.
-- Reads: benefit_cancellations.
--
-- position          place of the event in the log
-- member            who used it
-- version           place of the event in the member's stream
-- recorded_at       when it was recorded, UTC
-- occurred_at       when it happened, UTC
-- occurred_on       the business day, in the program's zone
-- source, request_id    who recorded it, under which request: a use goes by these
-- operator, program_version    by whom, under which version of the program
-- benefit           the program's id of it
-- quantity          how many
-- tier              the card that entitled to it
-- quota             how many that card has in a period, NULL for as many as it likes
-- used_before       how many were used in the period before, as was known then
-- partner, store, till, reason    where and why, '' where it was not said
-- cancelled_on      the business day on which the use was cancelled, NULL while it counts
CREATE VIEW benefit_uses AS
WITH cancelled AS (
    SELECT use_source AS source, use AS request_id, max(occurred_on) AS cancelled_on
    FROM benefit_cancellations
    GROUP BY ALL
)
SELECT
    position, member, version, recorded_at, occurred_at, occurred_on, source, request_id, operator,
    program_version, benefit, quantity, tier, quota, used_before, partner, store, till, reason,
    cancelled_on
FROM facts.benefit_uses LEFT JOIN cancelled USING (source, request_id);
