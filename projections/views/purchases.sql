-- purchases: one row per purchase, and what came back of it.
-- Reads: returns.
--
-- position          place of the event in the log
-- member            who bought
-- version           place of the event in the member's stream
-- recorded_at       when it was recorded, UTC
-- occurred_at       when it happened, UTC
-- occurred_on       the business day, in the program's zone
-- source, request_id, operator    who recorded it, under which request
-- program_version   the version of the program that it earned by
-- purchase_id, partner    the receipt: unique in the program, so that it finds its returns even
--                   where they were recorded for the member whom the buyer was merged into
-- store, till, channel    where, '' where it was not said
-- occasions         the till's words for the occasion
-- first             whether it was the member's first
-- amount_minor      what was paid, minor units of the currency
-- qualifying_minor  the part of it that may earn and counts for the ladder, returns not looked at
-- tier              the tier held when it happened, '' for none
-- points_earned     points units
-- returned_minor    what came back of amount_minor
-- returned_whole    whether nothing of it is kept any more
-- net_minor         what it is worth to the shop: amount_minor less returned_minor
-- points_net        what it earns still: points_earned less what its returns were due
CREATE VIEW purchases AS
WITH came_back AS (
    SELECT
        partner, purchase_id,
        sum(amount_minor)::BIGINT AS returned_minor,
        sum(points_due)::BIGINT AS points_due,
        bool_or(whole) AS whole
    FROM returns
    GROUP BY ALL
)
SELECT
    position, member, version, recorded_at, occurred_at, occurred_on, source, request_id, operator,
    program_version, purchase_id, partner, store, till, channel, occasions, first,
    amount_minor, qualifying_minor, tier, points_earned,
    coalesce(returned_minor, 0) AS returned_minor,
    coalesce(whole, false) AS returned_whole,
    amount_minor - coalesce(returned_minor, 0) AS net_minor,
    points_earned - coalesce(points_due, 0) AS points_net
FROM facts.purchases LEFT JOIN came_back USING (partner, purchase_id);
