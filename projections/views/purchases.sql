-- purchases: one row per purchase.
-- Reads: nothing.
--
-- position          place of the event in the log
-- member            who bought
-- version           place of the event in the member's stream
-- recorded_at       when it was recorded, UTC
-- occurred_at       when it happened, UTC
-- occurred_on       the business day, in the program's zone
-- source, request_id, operator    who recorded it, under which request
-- program_version   the version of the program that it earned by
-- purchase_id, partner    the receipt
-- store, till       where
-- amount_minor      what was paid, minor units of the currency
-- qualifying_minor  the part of it that may earn and counts for the ladder
-- tier              the tier held when it happened, '' for none
-- points_earned     points units
-- net_minor         what it is worth to the shop after returns, minor units
CREATE VIEW purchases AS
SELECT
    position, member, version, recorded_at, occurred_at, occurred_on, source, request_id, operator,
    program_version, purchase_id, partner, store, till, amount_minor, qualifying_minor, tier,
    points_earned,
    amount_minor AS net_minor
FROM facts.purchases;
