-- lot_days_on(on_day): one row per lot opened by the end of a day, with the days that hold for it
-- then; DATE 'infinity' asks for all that is known.
-- Reads: lots, lot_extensions, reopened_lots.
--
-- member, lot      the lot; lots of an account count from 1
-- position         place of the event that opened it
-- points           points units that it was opened with
-- earned_on        business day
-- available_from   first day that its points can be spent
-- expires_on       last good day, extensions counted in; NULL for never
-- idle_months      how long it lives on after activity; 0 where activity does not prolong it
-- from_member      the account that its points were in before, '' where they are its own
-- from_lot         the lot of that account, else 0
CREATE MACRO lot_days_on(on_day) AS TABLE
WITH told AS (
    SELECT member, lot, position, expires_on FROM lot_extensions WHERE occurred_on <= on_day::DATE
    UNION ALL
    -- A lot that comes back from another account may have been extended there.
    SELECT member, lot, position, expires_on FROM reopened_lots WHERE occurred_on <= on_day::DATE
),
ends AS (
    SELECT member, lot, arg_max(expires_on, position) AS prolonged_to FROM told GROUP BY member, lot
)
SELECT
    member, lot, position, points, earned_on, available_from,
    coalesce(prolonged_to, expires_on) AS expires_on,
    idle_months, from_member, from_lot
FROM lots LEFT JOIN ends USING (member, lot)
WHERE occurred_on <= on_day::DATE;
