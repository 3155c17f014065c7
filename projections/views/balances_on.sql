-- balances_on(on_day): balances at the end of a day, as they could be used on it; one row per
-- account, those of which nothing had happened yet included.
-- Reads: accounts, account_kind, lots_on, movements.
--
-- What had happened by the end of the day counts, whenever it was recorded (lots_on). It makes no
-- difference, but for lapsed_points, whether an expiry run has recorded what lapsed.
--
-- member            the account's name: a member's id, or purse:<id>
-- kind              'member' or 'purse'
-- spendable_points  available on the day, points units
-- pending_points    available only after it
-- lapsed_points     past their last good day, with the expiry not recorded: in no other column
-- held_points       what holds reserve that lapse after the day
-- debt_points       what is owed
-- balance_points    spendable + pending + held - debt
-- next_expires_on   the earliest last good day among the spendable points; NULL for none
CREATE MACRO balances_on(on_day) AS TABLE
WITH of_lots AS (
    SELECT
        member,
        sum(spendable_points)::BIGINT AS spendable,
        sum(pending_points)::BIGINT AS pending,
        sum(lapsed_points)::BIGINT AS lapsed,
        sum(held_points)::BIGINT AS held,
        min(expires_on) FILTER (spendable_points > 0) AS next_expires_on
    FROM lots_on(on_day)
    GROUP BY member
),
owed AS (
    SELECT member, sum(points)::BIGINT AS debt
    FROM movements
    WHERE bucket = 'debt' AND occurred_on <= on_day::DATE
    GROUP BY member
)
SELECT
    member,
    account_kind(member) AS kind,
    coalesce(spendable, 0) AS spendable_points,
    coalesce(pending, 0) AS pending_points,
    coalesce(lapsed, 0) AS lapsed_points,
    coalesce(held, 0) AS held_points,
    coalesce(debt, 0) AS debt_points,
    spendable_points + pending_points + held_points - debt_points AS balance_points,
    next_expires_on
FROM (SELECT member FROM accounts) FULL JOIN of_lots USING (member) FULL JOIN owed USING (member);
