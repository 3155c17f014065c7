-- settlement_events: one row per event and line of a closed statement that bills it.
-- Reads: settlements, statement_events.
--
-- Every figure drills down to its events: ask for a period, a partner and a kind.
--
-- period             the statement
-- late               whether it happened in a month before the period's
-- partner, kind, month, minor, per, dispute    the line, as in `settlement`
-- position, member, occurred_on   the event; '' where it is of no account
-- points             points units; those of a line are the sum
-- amount_minor       minor units, where there is no price: blocks, monthly fees, corrections; else
--                    0, and the line's money is sum(points) * minor / per, rounded once
CREATE VIEW settlement_events AS
SELECT
    closed.period, billed.partner, billed.kind, billed.month, billed.month < closed.period AS late,
    billed.position, billed.member, billed.occurred_on, billed.points, billed.minor, billed.per,
    billed.amount_minor, billed.dispute
FROM settlements AS closed,
    LATERAL (
        FROM statement_events(
            closed.starts_on, closed.ends_on, closed.after_position, closed.through_position
        )
    ) AS billed;
