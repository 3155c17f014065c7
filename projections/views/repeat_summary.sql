-- repeat_summary(on_day, period): what models of repeat buying ask of each member.
-- Reads: periods_since_epoch, spending_by.
--
-- Purchases up to and with `on_day` count, as they stood on it (spending_by): net of what came
-- back by then, and those of which nothing was kept not at all. Several in one period are one.
-- A period is a 'day' or a 'week' from Monday to Sunday; anything else is an error.
--
-- member          the member's id, also of one who has left; who was merged counts as the member
--                 who they are now
-- frequency       periods with a purchase, the first one not counted
-- recency         periods from the first to the last one with a purchase
-- t               periods from the first one to that of on_day
-- monetary_minor  mean spend of the periods that `frequency` counts, minor units as a fraction;
--                 0 where there are none
CREATE MACRO repeat_summary(on_day, period) AS TABLE
WITH bought AS (
    SELECT member, periods_since_epoch(occurred_on, period) AS nth, net_minor
    FROM spending_by(on_day)
),
by_period AS (
    SELECT member, nth, sum(net_minor) AS spent FROM bought GROUP BY member, nth
),
by_member AS (
    SELECT
        member,
        count(*) - 1 AS frequency,
        min(nth) AS first_nth,
        max(nth) AS last_nth,
        sum(spent) - arg_min(spent, nth) AS spent_again
    FROM by_period
    GROUP BY member
)
SELECT
    member,
    frequency,
    last_nth - first_nth AS recency,
    periods_since_epoch(on_day::DATE, period) - first_nth AS t,
    coalesce(spent_again / nullif(frequency, 0), 0)::DOUBLE AS monetary_minor
FROM by_member;
