-- redemptions: one row per redemption, and what was given back of it.
-- Reads: reversals.
--
-- position          place of the event in the log
-- member            whose points were spent; a purse's name is purse:<id>
-- version           place of the event in the account's stream
-- recorded_at       when it was recorded, UTC
-- occurred_at       when it happened, UTC
-- occurred_on       the business day, in the program's zone
-- source, request_id    who recorded it, under which request: a redemption goes by these
-- operator, program_version    by whom, under which version of the program
-- partner, store, till, purchase_id, reason    where and what for, '' where it was not said
-- value_minor       what the points are worth at the till, minor units
-- reward, quantity  what they were spent on, of the program's rewards; '' for none
-- money_minor       what was to pay beside them
-- hold, hold_source    the request of the hold that was captured, '' for none
-- spender           who spent from a purse
-- points_redeemed   points units
-- points_reversed   what was given back since, also of what the merged member redeemed
-- points_net        what remains spent
CREATE VIEW redemptions AS
WITH reversed AS (
    SELECT
        redemption_source AS source, redemption AS request_id,
        sum(points_reversed)::BIGINT AS points_reversed
    FROM reversals
    GROUP BY ALL
)
SELECT
    position, member, version, recorded_at, occurred_at, occurred_on, source, request_id, operator,
    program_version, partner, store, till, purchase_id, reason, value_minor, reward, quantity,
    money_minor, hold, hold_source, spender, points_redeemed,
    coalesce(points_reversed, 0) AS points_reversed,
    points_redeemed - coalesce(points_reversed, 0) AS points_net
FROM facts.redemptions LEFT JOIN reversed USING (source, request_id);
