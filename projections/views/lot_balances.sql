-- lot_balances: one row per lot, with what is left of it.
-- Reads: lot_days_on, movements.
--
-- member, lot       the lot; lots of an account count from 1
-- position          place of the event that opened it
-- points            points units that it was opened with
-- earned_on         business day
-- available_from    first day that its points can be spent
-- expires_on        last good day, extensions counted in; NULL for never
-- idle_months       how long it lives on after activity; 0 where activity does not prolong it
-- from_member       the account that its points were in before, '' where they are its own
-- from_lot          the lot of that account, else 0
-- available_points  what is left to spend, points units, whatever the day
-- held_points       what holds have reserved
CREATE VIEW lot_balances AS
WITH moved AS (
    SELECT
        member,
        lot,
        (sum(points) FILTER (bucket = 'available'))::BIGINT AS available_points,
        (sum(points) FILTER (bucket = 'held'))::BIGINT AS held_points
    FROM movements
    WHERE bucket <> 'debt'
    GROUP BY member, lot
)
SELECT
    member, lot, position, points, earned_on, available_from, expires_on, idle_months,
    from_member, from_lot,
    coalesce(available_points, 0) AS available_points,
    coalesce(held_points, 0) AS held_points
FROM lot_days_on(DATE 'infinity') LEFT JOIN moved USING (member, lot);
