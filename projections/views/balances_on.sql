-- balances_on(on_day): balances with the available points split by a day, one row per member.
-- Reads: balances, lot_balances.
--
-- All events known to the warehouse count; only the lots' dates are held against the day.
--
-- member            the member's id
-- spendable_points  available on the day, points units
-- pending_points    available only after it
-- lapsed_points     past their last good day, whether or not an expiry run has recorded it
-- held_points       what holds have reserved
-- debt_points       what the member owes
-- next_expires_on   the earliest last good day among the spendable lots; NULL for none
CREATE MACRO balances_on(on_day) AS TABLE
WITH split AS (
    SELECT
        member,
        sum(available_points) FILTER (expires_on < on_day::DATE) AS lapsed,
        sum(available_points) FILTER (
            available_from > on_day::DATE AND (expires_on IS NULL OR expires_on >= on_day::DATE)
        ) AS pending,
        min(expires_on) FILTER (
            available_points > 0 AND available_from <= on_day::DATE AND expires_on >= on_day::DATE
        ) AS next_expires_on
    FROM lot_balances
    GROUP BY member
)
SELECT
    balances.member,
    (available_points - coalesce(pending, 0) - coalesce(lapsed, 0))::BIGINT AS spendable_points,
    coalesce(pending, 0)::BIGINT AS pending_points,
    coalesce(lapsed, 0)::BIGINT AS lapsed_points,
    held_points,
    debt_points,
    split.next_expires_on
FROM balances LEFT JOIN split USING (member);
